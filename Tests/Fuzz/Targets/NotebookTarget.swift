import Cells
import Diagnostics
import NotebookLanguage

extension FuzzTarget {
  /// A notebook, read and checked with the real cells. What stands after a line `=====` is the contents
  /// of every file that it names: the form of the cases of `check`.
  static let notebook = FuzzTarget(
    "notebook", longest: 4096,
    fixtures: ["notebooks", "Tests/NotebookLanguageTests/Cases", "Tests/CellsTests/Cases"]
  ) { bytes in
    let parts = String(decoding: bytes, as: UTF8.self).split(
      separator: "\n=====\n", maxSplits: 1, omittingEmptySubsequences: false)
    try NotebookPromises.check(
      String(parts.first ?? ""), files: parts.count > 1 ? String(parts[1]) : nil)
  }
}

/// What holds of every notebook.
enum NotebookPromises {
  /// - Parameter files: contents of every file that the notebook includes or reads works from.
  static func check(_ text: String, files: String?) throws {
    let file = SourceFile(name: "n.md", text: text)
    let notebook = NotebookParser.parse(file) { (path, span) throws(Diagnostic) in
      guard let files else { return try NotebookParser.noFiles(path, span) }
      return SourceFile(name: path, text: files)
    }
    try require(notebook.mistakes.count <= 1000, "\(notebook.mistakes.count) mistakes of form")
    let found: [Diagnostic]
    let isRefused: Bool
    do throws(DiagnosticList) {
      found = try notebook.checked(cellTypes: AllCells.types).warnings
      isRefused = false
    } catch {
      found = error.diagnostics
      isRefused = true
    }
    try DiagnosticPromises.check(found)
    try require(
      isRefused == found.contains { $0.severity == .error },
      "refused: \(isRefused), for \(found.map(\.message))")
  }
}
