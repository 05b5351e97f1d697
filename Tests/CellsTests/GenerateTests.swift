import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// What models write after a prompt.
@Suite struct GenerateCellTests {
  private func result(_ body: String) async throws -> (record: Value, table: Table) {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text =
      NotebookRun.head
      + NotebookRun.cell(
        "quantize", "raw",
        "of: base\nscheme: int8\ncodes: raw\ngranularity: tensor\nonly: ['*.weight']")
      + NotebookRun.cell("generate", "g", "prompt: Sentence 3 of\ntokens: 12\n\(body)")
    let results = try await NotebookRun.run(text, in: folder).get()
    let value = try #require(results.cells.last??.value as? Continuations)
    guard case .table(let table)? = value.display(of: value.expressionValue) else {
      throw CocoaError(.coderInvalidValue)
    }
    return (value.expressionValue, table)
  }

  private func text(_ record: Value, _ path: String) throws -> String {
    guard case .text(let text)? = record[path: path] else { throw CocoaError(.coderInvalidValue) }
    return text
  }

  @Test("a model beside itself writes the same, and nothing is marked")
  func same() async throws {
    let (record, table) = try await result("of: base")
    #expect(try text(record, "base.before.text") == text(record, "base.after.text"))
    #expect(record[path: "base.equalTokens"]?.asNumber?.value == 12)
    #expect(try text(record, "base.after.differs").isEmpty)
    #expect(table.rows.map(\.label) == ["Before", "base"])
    #expect(table.rows.allSatisfy { $0.cells[0].passage?.marked.isEmpty == true })
  }

  @Test("the first token that differs is marked, between what is shared and what follows")
  func differing() async throws {
    let (record, table) = try await result("of: {codes: raw}\nlabels: {codes: Raw codes}")
    let row = try #require(table.rows.last)
    #expect(row.label == "Raw codes")
    let passage = try #require(row.cells[0].passage)
    #expect(passage.before == (try text(record, "codes.before.shared")))
    #expect(try text(record, "codes.before.text").hasPrefix(passage.before))
    #expect(passage.marked == (try text(record, "codes.after.differs")))
    #expect(
      passage.before + passage.marked + passage.after
        == (try text(record, "codes.after.text")) + Self.ending(try text(record, "codes.after.end"))
    )
    let equal = try #require(record[path: "codes.equalTokens"]?.asNumber?.value)
    #expect(equal < 12)
  }

  private static func ending(_ end: String) -> String {
    end == "notFinite" ? " [logits are not finite]" : end == "endOfText" ? " [end of text]" : ""
  }

  @Test("what is drawn is the same in every run, and hangs on the seed")
  func seeds() async throws {
    func drawn(_ seed: Int) async throws -> String {
      try text(
        try await result("of: base\ntemperature: 1.5\ntopK: 50\nseed: \(seed)").record,
        "base.after.text")
    }
    let first = try await drawn(1)
    #expect(try await drawn(1) == first)
    #expect(try await drawn(2) != first)
  }

  @Test(
    "settings that cannot be are marked where they stand",
    arguments: [
      ("tokens: 99999", "12:9 QB0508"), ("temperature: -1", "12:14 QB0206"),
      ("topK: 5", "12:7 QB0207"), ("seed: 3", "12:7 QB0207"),
      ("temperature: 1\ntopP: 1.5", "13:7 QB0206"),
      ("temperature: 1\ntopK: 0", "13:7 QB0206"), ("labels: {basis: B}", "12:10 QB0403"),
    ])
  func mistakes(_ body: String, _ place: String) {
    let text =
      NotebookRun.cell("load", "base", "model: starter")
      + NotebookRun.cell("generate", "g", "of: base\nprompt: a\n\n\n\(body)")
    let found = NotebookRun.mistakes(in: text).map { mistake in
      "\(mistake.span?.place.dropFirst("n.md:".count) ?? "") \(mistake.code.rawValue)"
    }
    #expect(found == [place])
  }
}
