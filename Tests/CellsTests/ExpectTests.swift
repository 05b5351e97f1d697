import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// Claims about published figures, which need no model.
@Suite struct ExpectTests {
  private static let figures = """
    ```{published}
    #| label: paper
    source: A paper
    columns: [a, b]
    rows:
      size: [10, 20]
      loss: [.inf, 3]
    ```

    """

  private func run(_ claims: String) async throws -> Expectations {
    let text = Self.figures + "```{expect}\n\(claims)\n```\n"
    let folder = FileManager.default.temporaryDirectory
    let results = try await NotebookRun.run(text, in: folder).get()
    return try #require(results.cells.last??.value as? Expectations)
  }

  @Test(
    "claims hold or not",
    arguments: [
      ("- paper.a.size < paper.b.size", true), ("- paper.a.size > paper.b.size", false),
      ("- {that: paper.a.size, near: 10.1, within: 2%}", true),
      ("- {that: paper.a.size, near: 10.3, within: 2%}", false),
      ("- {that: paper.a.size, near: 10.4, within: 0.5}", true),
      ("- {that: paper.a.loss, near: paper.a.loss, within: 0}", true),
      ("- {that: paper.a.loss, near: paper.b.loss, within: 50%}", false),
      ("- paper.a.size + 10 == paper.b.size and not paper.b.size < 3", true),
    ])
  func claims(_ claim: String, _ holds: Bool) async throws {
    let expectations = try await run(claim)
    #expect(expectations.outcomes.map(\.holds) == [holds])
    #expect(expectations.unmetExpectations.isEmpty == holds)
    #expect((expectations.display(of: expectations.expressionValue) == nil) == holds)
  }

  @Test("the long form shows all claims with their messages")
  func longForm() async throws {
    let expectations = try await run(
      "show: all\nconditions:\n- {that: paper.a.size < 5, message: a is small}\n- paper.b.loss < 5")
    guard case .table(let table)? = expectations.display(of: expectations.expressionValue) else {
      Issue.record("no table")
      return
    }
    #expect(table.rows.map(\.label) == ["a is small", "paper.b.loss < 5"])
    #expect(table.rows.map { $0.cells.last?.value?.text } == ["✗ no", "✓ yes"])
    let message = try #require(expectations.unmetExpectations.first?.message)
    #expect(message == "a is small: found 10 against 5")
  }

  @Test(
    "mistakes have a place",
    arguments: [
      ("- paper.c.size < 3", DiagnosticCode.unknownField, "'paper' has no field 'c'"),
      ("- nothing.a < 3", .unknownName, "nothing is named 'nothing'"),
      ("- paper.a.size", .expressionType, "a condition is needed here"),
      ("- {that: paper.a.size, near: 3}", .missingKey, "'near' needs the key 'within'"),
      ("- {that: paper.a.size, near: 3, within: much}", .wrongType, "a tolerance"),
      ("- {near: 3, within: 2}", .missingKey, "needs the key 'that'"),
      ("- paper.a.size <", .expressionSyntax, "expected"),
    ])
  func mistakes(_ claim: String, _ code: DiagnosticCode, _ message: String) async throws {
    let text = Self.figures + "```{expect}\n\(claim)\n```\n"
    let folder = FileManager.default.temporaryDirectory
    guard case .failure(let list) = await NotebookRun.run(text, in: folder) else {
      Issue.record("no mistake was found")
      return
    }
    #expect(list.diagnostics.first?.code == code)
    #expect(list.diagnostics.first?.message.contains(message) == true)
    #expect(list.diagnostics.first?.span?.place.hasPrefix("n.md:10:") == true)
  }
}
