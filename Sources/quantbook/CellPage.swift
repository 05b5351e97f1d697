import Cells
import Diagnostics
import NotebookLanguage

/// `quantbook help cell NAME`: keys, what expressions can read, an example.
enum CellPage {
  static func text(of type: any Directive.Type) -> String {
    var text = "\(type.name): \(type.summary)\n\nKeys of the body:\n"
    text += SchemaText(type.keyDescriptions).text()
    if type.allowsSweep {
      text += "\nA list where a key wants one value computes each: quantbook help sweeps\n"
    }
    text += "\nHow a cell is run and shown is said by #| lines: quantbook help options\n"
    text += "\nExample:\n\n" + HelpText.indented("```{\(type.name)}\n\(type.example)\n```")
    let fields = fields(of: type.name)
    if !fields.isEmpty {
      text += "\nWhat expressions can read of the example:\n" + fields.joined()
    }
    return text
  }

  /// A line for each record in the value of the cell's example: its path, and the fields in it.
  private static func fields(of name: String) -> [String] {
    guard let cell = examples?.cells.first(where: { $0.source.kind == name }),
      let label = cell.source.label
    else { return [] }
    var lines: [String] = []
    func visit(_ shape: Shape, _ path: String) {
      guard case .record(let fields, _, _) = shape else { return }
      let leaves = fields.filter { if case .record = $0.shape { false } else { true } }.map(\.name)
      if !leaves.isEmpty {
        lines.append(
          TextColumns.wrapped("\(path): " + leaves.joined(separator: ", "), margin: "  "))
      }
      for field in fields { visit(field.shape, "\(path).\(field.name)") }
    }
    visit(cell.ownShape, label.replacing("-", with: "_"))
    return lines
  }

  /// The examples of all cells, which are one notebook.
  private static let examples: CheckedNotebook? = {
    let text = AllCells.types.map { "```{\($0.name)}\n\($0.example)\n```\n" }.joined()
    let notebook = NotebookParser.parse(SourceFile(name: "examples", text: text))
    return try? notebook.checked(cellTypes: AllCells.types)
  }()
}
