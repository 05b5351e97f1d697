import Cells
import Diagnostics
import NotebookLanguage
import Testing

/// An unknown key takes nothing from what the cell itself finds.
@Suite struct AllMistakesTests {
  private func codes(_ body: String) -> [DiagnosticCode] {
    let text =
      "```{load}\n#| label: base\nmodel: starter\n```\n```{quantize}\nof: base\n\(body)\n```\n"
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    do throws(DiagnosticList) {
      _ = try notebook.checked(cellTypes: AllCells.types)
      return []
    } catch {
      return error.diagnostics.map(\.code)
    }
  }

  @Test("an unknown key and keys that do not fit the scheme are told together")
  func together() {
    #expect(
      codes("scheme: int8\nblokSize: 3\noutlierThreshold: 1")
        == [.unknownKey, .conflictingKeys])
    #expect(codes("scheme: int8\nonli: a\nonly: [h.*.atn.*]") == [.unknownKey, .unmatchedPattern])
  }

  @Test("a value that cannot be read leads to no further mistakes")
  func alone() {
    #expect(codes("scheme: nf-4\nblockSize: 64\noutlierThreshold: 1") == [.unknownValue])
  }
}
