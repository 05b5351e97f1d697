import Diagnostics
import Foundation
import NotebookLanguage
import SafeFiles
import Testing
import ToyCells

@testable import NotebookRunner

/// Results that are kept between runs, and results that were committed.
@Suite struct KeptResultsTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("quantbook-\(UUID())").path

  private func options(keeping: Bool = true) -> RunOptions {
    var options = RunOptions()
    if keeping { options.cache = ResultCache(BlobStore(folder: folder + "/cache")) }
    return options
  }

  private func runner(
    _ text: String, _ options: RunOptions, settings: [ParameterSetting] = []
  ) throws -> Runner {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let checked = try notebook.checked(cellTypes: ToyCells.types, settings: settings)
    return Runner(checked, folder: ".", options: options) { _ in }
  }

  private func states(
    _ text: String, _ options: RunOptions, settings: [ParameterSetting] = []
  ) async throws -> [String] {
    try await runner(text, options, settings: settings).run().cells.map { $0?.state.name ?? "none" }
  }

  private static let chain = """
    ---
    params: {factor: 2}
    ---
    ```{source}
    #| label: a
    number: 21
    ```
    ```{source}
    #| label: b
    number: 5
    ```
    ```{scale}
    #| label: answer
    of: a
    factor: {{ params.factor }}
    ```
    ```{scale}
    #| label: other
    of: b
    ```
    ```{plot-table}
    from: answer
    ```
    """

  @Test("a second run computes nothing; tables are laid out again")
  func secondRun() async throws {
    #expect(try await states(Self.chain, options()) == Array(repeating: "computed", count: 5))
    let again = try await runner(Self.chain, options()).run()
    #expect(
      again.cells.map { $0?.state.name } == ["cached", "cached", "cached", "cached", "computed"])
    #expect(again.cells[2]?.record?.asNumber?.value == 42)
  }

  @Test("a changed parameter computes what reads it, and nothing else")
  func changedParameter() async throws {
    _ = try await states(Self.chain, options())
    let changed = try await states(
      Self.chain, options(), settings: [ParameterSetting(name: "factor", text: "3")])
    #expect(changed == ["cached", "cached", "computed", "cached", "computed"])
    // The way back is kept as well.
    let back = try await states(Self.chain, options())
    #expect(back == ["cached", "cached", "cached", "cached", "computed"])
  }

  @Test("a changed ancestor computes its dependents anew; a renamed label and prose change nothing")
  func ancestors() async throws {
    _ = try await states(Self.chain, options())
    let changed = Self.chain.replacing("number: 5", with: "number: 6")
    #expect(
      try await states(changed, options())
        == ["cached", "computed", "cached", "computed", "computed"])
    let renamed =
      "Prose.\n"
      + Self.chain.replacing("label: b", with: "label: c")
      .replacing("of: b", with: "of: c")
    let body = renamed.replacing("---\nparams: {factor: 2}\n---\n", with: "")
      .replacing("{{ params.factor }}", with: "2")
    #expect(
      try await states(body, options()) == ["cached", "cached", "cached", "cached", "computed"])
  }

  @Test("cache: false, cache: refresh, --refresh and no cache folder compute")
  func policies() async throws {
    let plain = "```{source}\n#| label: a\nnumber: 1\n```"
    _ = try await states(plain, options())
    for policy in ["false", "refresh"] {
      let text = "```{source}\n#| label: a\n#| cache: \(policy)\nnumber: 1\n```"
      #expect(try await states(text, options()) == ["computed"])
    }
    var refreshing = options()
    refreshing.refresh = ["a"]
    #expect(try await states(plain, refreshing) == ["computed"])
    #expect(try await states(plain, options(keeping: false)) == ["computed"])
    #expect(try await states(plain, options()) == ["cached"])
    let all = "---\nexecute: {cache: false}\n---\n" + plain
    #expect(try await states(all, options()) == ["computed"])
  }

  @Test("damaged entries are noticed, dropped and computed again")
  func damage() async throws {
    let plain = "```{source}\n#| label: a\nnumber: 1\n```"
    _ = try await states(plain, options())
    let store = BlobStore(folder: folder + "/cache")
    let entries = store.entries()
    #expect(!entries.isEmpty)
    let files = try #require(FileManager.default.enumerator(atPath: folder + "/cache"))
    for case let name as String in files {
      let path = folder + "/cache/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard !isFolder.boolValue, var data = FileManager.default.contents(atPath: path),
        !data.isEmpty
      else { continue }
      data[data.count - 1] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
    }
    #expect(try await states(plain, options()) == ["computed"])
    #expect(try await states(plain, options()) == ["cached"])
  }

  // MARK: - Committed results

  private func commit(_ text: String) async throws -> CommittedResults {
    let results = try await runner(text, options(keeping: false)).run()
    let json = ResultsFile(
      results, title: "", fileName: "n.md", sha256: "",
      environment: .init(engine: Record(), host: Record())
    ).json()
    try AtomicWrite.makeDirectory(folder)
    try AtomicWrite.write(json, to: folder + "/n.results.json")
    return try CommittedResults(path: folder + "/n.results.json")
  }

  @Test("frozen results are rendered without computing, stale ones are refused with the reason")
  func frozen() async throws {
    var frozen = options(keeping: false)
    frozen.frozen = try await commit(Self.chain)
    let results = try await runner(Self.chain, frozen).run()
    #expect(
      results.cells.map { $0?.state.name } == ["frozen", "frozen", "frozen", "frozen", "computed"])
    #expect(results.cells[2]?.record?[path: "double"]?.asNumber?.value == 84)
    let changed = try runner(
      Self.chain, frozen, settings: [ParameterSetting(name: "factor", text: "3")])
    let error = await #expect(throws: StaleResults.self) { try await changed.run() }
    #expect(error?.cells.map(\.cell) == ["answer"])
    #expect(
      error?.cells.first?.reasons == [
        "the parameter 'factor' changed from 2 to 3", "'factor' changed from 2 to 3",
      ])
  }

  @Test("status names what is stale and because what, through all that depends on it")
  func status() async throws {
    let committed = try await commit(Self.chain)
    let fresh = try await runner(Self.chain, options()).status(against: committed)
    #expect(fresh.map(\.isFresh) == [true, true, true, true])
    let text = Self.chain.replacing("number: 21", with: "number: 22")
    let stale = try await runner(text, options()).status(against: committed)
    #expect(stale.map(\.cell) == ["a", "b", "answer", "other"])
    #expect(
      stale.map(\.reasons) == [
        ["'number' changed from 21 to 22"], [], ["'a' changed"], [],
      ])
    let none = try await runner(Self.chain, options()).status(against: nil)
    #expect(none.allSatisfy { !$0.isFresh })
  }

  @Test(
    "what is no results file, and one of a later schema, are refused",
    arguments: [
      "", "{", "[]", "{}", "{\"schema\": 1}", "{\"schema\": \"quantbook-results/999\"}",
      "{\"schema\": \"other/1\"}",
    ])
  func refused(_ json: String) throws {
    try AtomicWrite.makeDirectory(folder)
    try AtomicWrite.write(json, to: folder + "/bad.json")
    let error = #expect(throws: Diagnostic.self) {
      try CommittedResults(path: folder + "/bad.json")
    }
    #expect(error?.code == .invalidResults)
  }

  // MARK: - Limits of a run

  @Test("a cell that takes too long fails, and says how to give it more time")
  func timeout() async throws {
    let text = "```{slow}\n#| label: s\n#| timeout: 20ms\n```\n```{source}\nnumber: 1\n```"
    let results = try await runner(text, options()).run()
    #expect(results.failures.map(\.code) == [.timedOut])
    #expect(results.cells[1]?.state.name == "skipped")
  }

  @Test("keep going runs what does not depend on the failed cell")
  func keepGoing() async throws {
    var options = options()
    options.keepGoing = true
    let text = """
      ```{fail}
      #| label: f
      ```
      ```{source}
      #| label: a
      number: 1
      ```
      ```{plot-table}
      from: f
      ```
      """
    #expect(try await states(text, options) == ["failed", "computed", "skipped"])
  }
}
