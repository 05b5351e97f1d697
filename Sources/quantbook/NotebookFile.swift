import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import SafeFiles

/// The notebook that a command was given: its text, its names and folder.
struct NotebookFile {
  let source: SourceFile
  /// Folder of the notebook: relative paths in it start here.
  let folder: String
  /// File name without its folder.
  let fileName: String
  let sha256: String

  /// File name without folder and extension.
  var name: String {
    let url = URL(fileURLWithPath: fileName)
    return url.deletingPathExtension().lastPathComponent
  }

  /// Where a run with this output folder writes the results.
  func resultsPath(in folder: String) -> String { "\(folder)/\(name).results.json" }

  /// - Throws: `Diagnostic` with `unreadableNotebook`.
  init(path: String) throws(Diagnostic) {
    do {
      let text = try BoundedReader.text(path: path, limit: Limits.notebook)
      source = SourceFile(name: path, text: text)
    } catch {
      let isMissing = error.code == .missing
      throw Diagnostic(
        .unreadableNotebook, error.description, at: nil,
        help: isMissing ? Self.suggestion(for: path) : nil)
    }
    let url = URL(fileURLWithPath: path)
    folder = url.deletingLastPathComponent().path
    fileName = url.lastPathComponent
    sha256 = ContentHash.sha256(of: source.text)
  }

  /// Notebooks in the same folder with nearly this name.
  private static func suggestion(for path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: url.deletingLastPathComponent().path)
    let notebooks = (names ?? []).filter { $0.hasSuffix(".md") }.sorted()
    return Diagnostic.suggestion(for: url.lastPathComponent, among: notebooks)
  }

  /// The notebook, read and checked.
  func checked(
    settings: [(name: String, text: String)]
  ) throws(DiagnosticList) -> CheckedNotebook {
    try NotebookParser.parse(source).checked(cellTypes: AllCells.types, settings: settings)
  }
}
