import Diagnostics
import Foundation
import InputLimits
import NotebookLanguage
import Testing
import ToyCells

@testable import NotebookRunner

@Suite struct ResultsFileTests {
  private func file(_ text: String) async throws -> String {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let checked = try notebook.checked(cellTypes: ToyCells.types)
    let results = try await Runner(checked, folder: ".") { _ in }.run()
    return ResultsFile(
      results, title: "T", fileName: "n.md", sha256: "00",
      environment: .init(engine: Record(["version": .text("1")]), host: Record())
    ).json()
  }

  @Test("numbers, infinities, failures and skipped cells have their JSON form")
  func form() async throws {
    let text = try await file(
      """
      ```{source}
      #| label: a
      number: .inf
      ```

      ```{source}
      number: 0.1
      ```

      ```{fail}
      message: it broke
      ```

      ```{scale}
      of: a
      ```
      """)
    let root = try #require(
      try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(root["schema"] as? String == "quantbook-results/4")
    let cells = try #require(root["cells"] as? [String: [String: Any]])
    let infinite = try #require(cells["a"]?["value"] as? [String: Any])
    #expect(infinite["value"] as? String == "Infinity")
    let tenth = try #require(cells["source-2"]?["value"] as? [String: Any])
    #expect(tenth["value"] as? Double == 0.1)
    #expect(cells["fail-3"]?["state"] as? String == "failed")
    let errors = try #require(cells["fail-3"]?["error"] as? [[String: Any]])
    #expect(errors.first?["line"] as? Int == 11)
    #expect(cells["scale-4"]?["state"] as? String == "skipped")
    #expect((cells["a"]?["key"] as? String)?.count == 64)
  }

  @Test("a results file larger than the limit is refused")
  func limit() async throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("r-\(UUID())").path
    try Data(await file("```{source}\nnumber: 1\n```").utf8).write(
      to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    _ = try CommittedResults(path: path)
    Limits.with([.resultsBytes: 10]) {
      let error = #expect(throws: Diagnostic.self) { try CommittedResults(path: path) }
      #expect(error.map { "\($0)" }?.contains("results-bytes=1280") == true, "\(error as Any)")
    }
  }

  @Test("keys are sorted, so that two files differ line by line")
  func sorted() async throws {
    let text = try await file(
      "```{source}\n#| label: z\nnumber: 1\n```\n```{source}\n#| label: b\nnumber: 1\n```")
    let b = try #require(text.range(of: "\"b\":"))
    let z = try #require(text.range(of: "\"z\":"))
    #expect(b.lowerBound < z.lowerBound)
    #expect(text.hasSuffix("}\n"))
  }
}
