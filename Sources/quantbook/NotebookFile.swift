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

  /// File name without folder and extension: what reports are called.
  let name: String

  /// Where a run with this output folder writes the results.
  func resultsPath(in folder: String) -> String { "\(folder)/\(name).results.json" }

  /// - Parameter path: `-` is standard input, whose relative paths start at the current folder.
  /// - Throws: `Diagnostic` with `unreadableNotebook`.
  init(path: String) throws(Diagnostic) {
    if path == "-" {
      try self.init(standardInput: ())
    } else {
      try self.init(file: path)
    }
  }

  private init(standardInput: Void) throws(Diagnostic) {
    let name = "<stdin>"
    do {
      let bytes = try BoundedReader.standardInput(name: name, limit: Limits.notebook)
      source = SourceFile(name: name, text: try BoundedReader.text(of: bytes, path: name))
    } catch {
      throw Diagnostic(.unreadableNotebook, error.description, at: nil)
    }
    folder = FileManager.default.currentDirectoryPath
    fileName = name
    self.name = "stdin"
    sha256 = ContentHash.sha256(of: source.text)
  }

  private init(file path: String) throws(Diagnostic) {
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
    name = url.deletingPathExtension().lastPathComponent
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
  func checked(settings: [ParameterSetting]) throws(DiagnosticList) -> CheckedNotebook {
    try NotebookParser.parse(source).checked(cellTypes: AllCells.types, settings: settings)
  }
}
