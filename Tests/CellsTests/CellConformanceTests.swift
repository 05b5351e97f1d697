import Cells
import Diagnostics
import NotebookLanguage
import Quantization
import Testing

/// What must hold of every cell, by its being listed.
@Suite struct CellConformanceTests {
  struct Entry: CustomTestStringConvertible {
    var type: any Cell.Type
    var testDescription: String { type.name }

    static let all = AllCells.types.map { Entry(type: $0) }
  }

  @Test("names differ, and each cell says what it does", arguments: Entry.all)
  func names(_ entry: Entry) {
    #expect(AllCells.types.count { $0.name == entry.type.name } == 1)
    #expect(entry.type.summary.hasSuffix("."))
    #expect(entry.type.version >= 1)
  }

  @Test("every key has a help of its own and a name that YAML reads as text", arguments: Entry.all)
  func keys(_ entry: Entry) { check(entry.type) }

  private func check<C: Cell>(_ type: C.Type) {
    let names = C.keys.map(\.name)
    #expect(Set(names).count == names.count)
    for key in C.keys {
      #expect(key.help.hasSuffix("."), "\(key.name)")
      // YAML 1.1 reads these as conditions. `y` is one of them too, but the axis of a chart.
      #expect(!["on", "off", "yes", "no", "n"].contains(key.name))
      #expect(!key.typeName.isEmpty)
    }
    for alias in C.keyAliases.values { #expect(names.contains(alias)) }
  }

  @Test("every key says what its values look like", arguments: Entry.all)
  func forms(_ entry: Entry) { expectForms(entry.type.keyDescriptions) }

  @Test("so do those of the front matter and of the options")
  func otherForms() {
    expectForms(FrontMatter.keyDescriptions)
    expectForms(CellOptions.keyDescriptions)
  }

  private func expectForms(_ keys: [KeyDescription]) {
    for key in keys {
      if case .any = key.form { Issue.record("\(key.name) has no form") }
      expectForms(key.form.keys)
    }
  }

  @Test("the examples of all cells are a notebook without mistakes")
  func examples() throws {
    let notebook = AllCells.types.map { "```{\($0.name)}\n\($0.example)\n```\n" }
    for type in AllCells.types { #expect(type.example.contains("#| label: "), "\(type.name)") }
    do throws(DiagnosticList) {
      let file = SourceFile(name: "examples.md", text: notebook.joined(separator: "\n"))
      _ = try NotebookParser.parse(file).checked(cellTypes: AllCells.types)
    } catch {
      Issue.record("\(TextRenderer().render(error.diagnostics))")
    }
  }

  @Test("the notebook's schemes are the engine's")
  func schemes() {
    #expect(Catalogue.schemes.map(\.text) == AllSchemes.all.map { $0.name })
    #expect(Catalogue.schemes.allSatisfy { $0.help != nil })
  }
}
