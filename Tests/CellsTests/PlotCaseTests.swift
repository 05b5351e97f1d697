import Diagnostics
import TestSupport
import Testing

/// Each file of `Cases/` is a notebook with mistakes in its charts, and what `check` says of it.
@Suite struct PlotCaseTests {
  static let cases = GoldenFile.all(in: GoldenFile.path("Cases"))

  @Test("there are cases") func exist() { #expect(Self.cases.count >= 5) }

  @Test("check says exactly this", arguments: cases)
  func check(_ example: GoldenFile) throws {
    let mistakes = NotebookRun.mistakes(in: example.input, named: example.name)
    let found = [TextRenderer().render(mistakes)]
    #expect(try found == example.expected(updatedTo: found))
  }
}
