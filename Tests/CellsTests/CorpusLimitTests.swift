import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// How much of a text a corpus cell reads.
@Suite struct CorpusLimitTests {
  private func corpus(_ keys: String) async throws -> Corpus {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text = NotebookRun.head.replacing("tokenizer: base", with: "tokenizer: base\n\(keys)")
    let results = try await NotebookRun.run(text, in: folder).get()
    let values = results.cells.map { $0?.value as? Corpus }
    return try #require(values.last ?? nil)
  }

  @Test func tokensAreCountedFromTheBeginning() async throws {
    let whole = try await corpus("")
    let part = try await corpus("limit: 100")
    // The last character may be cut off, and its neighbours merge otherwise.
    #expect((96...100).contains(try #require(part.tokenCount)))
    #expect(whole.text.hasPrefix(part.text))
    #expect(part.sha256 != whole.sha256)
    #expect(try await corpus("limit: 1_000_000").sha256 == whole.sha256)
  }

  @Test func aShareEndsWithAWholeCharacter() async throws {
    let whole = try await corpus("")
    let half = try await corpus("limit: 50%")
    #expect(whole.text.hasPrefix(half.text))
    #expect((half.text.utf8.count - whole.text.utf8.count / 2).magnitude < 4)
    #expect(try await corpus("limit: 100%").text == whole.text)
    // Sizes around each "ï", two bytes long.
    let text = "naïve"
    for (share, expected) in [(40.0, "na"), (50, "na"), (60, "na"), (67, "naï"), (100, "naïve")] {
      #expect(try CorpusLimit.percent(share).applied(to: text, nil) == expected)
    }
  }
}
