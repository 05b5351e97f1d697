import Cells
import Diagnostics
import Foundation
import InputLimits
import NotebookLanguage
import NotebookRunner
import Paths
import SafeFiles

/// The notebook that a command was given: its text, its names and folder.
struct NotebookFile {
  let source: SourceFile
  /// Folder of the notebook: relative paths in it start here.
  let folder: String
  /// What it may read; of what is read before, such as an include, too.
  let readable: ReadableFolders
  /// File name without its folder.
  let fileName: String
  let sha256: String

  /// File name without folder and extension: what reports are called.
  let name: String

  /// Where a run with this output folder writes the results.
  func resultsPath(in folder: String) -> String { "\(folder)/\(name).results.json" }

  /// - Parameters:
  ///   - path: `-` is standard input, whose relative paths start at the current folder.
  ///   - reading: what the notebook may read beside its folder.
  ///   - settings: of its parameters, by the user.
  /// - Throws: `Diagnostic` with `unreadableNotebook`.
  init(
    path: String, reading: ReadingOptions = .none,
    settings: [ParameterSetting] = []
  ) throws(Diagnostic) {
    if path == "-" {
      try self.init(standardInput: reading, settings)
    } else {
      try self.init(file: path, reading, settings)
    }
  }

  private init(
    standardInput reading: ReadingOptions, _ settings: [ParameterSetting]
  ) throws(Diagnostic) {
    let name = "<stdin>"
    do {
      let bytes = try BoundedReader.standardInput(name: name, limit: .notebookBytes)
      source = SourceFile(name: name, text: try BoundedReader.text(of: bytes, path: name))
    } catch {
      throw Diagnostic(.unreadableNotebook, error.description, at: nil)
    }
    folder = FileManager.default.currentDirectoryPath
    readable = reading.readable(from: folder, settings, hasStandardInput: false)
    fileName = name
    self.name = "stdin"
    sha256 = ContentHash.sha256(of: source.text)
  }

  private init(
    file path: String, _ reading: ReadingOptions, _ settings: [ParameterSetting]
  ) throws(Diagnostic) {
    source = try Self.read(path, named: path)
    let url = URL(fileURLWithPath: path)
    folder = url.deletingLastPathComponent().path
    readable = reading.readable(from: folder, settings)
    fileName = url.lastPathComponent
    name = url.deletingPathExtension().lastPathComponent
    sha256 = ContentHash.sha256(of: source.text)
  }

  private static func read(_ path: String, named name: String) throws(Diagnostic) -> SourceFile {
    do {
      return SourceFile(
        name: name, text: try BoundedReader.text(path: path, limit: .notebookBytes),
        place: canonicalPath(path))
    } catch {
      switch error.code {
      case .missing:
        throw Diagnostic(
          .unreadableNotebook, error.description, at: nil, help: suggestion(for: path))
      case .notUTF8(let offset): throw notUTF8(path, named: name, at: offset)
      default: throw Diagnostic(.unreadableNotebook, error.description, at: nil)
      }
    }
  }

  /// - Parameter offset: of the first byte that is none of UTF-8, after a byte order mark.
  private static func notUTF8(_ path: String, named name: String, at offset: Int) -> Diagnostic {
    let message = "this is not UTF-8 text"
    let help = "save the notebook as UTF-8"
    guard var bytes = try? BoundedReader.bytes(path: path, limit: .notebookBytes) else {
      return Diagnostic(.unreadableNotebook, message, at: nil, help: help)
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    // What stands before is whole, so that its length stays; the bad bytes become U+FFFD, three bytes.
    let file = SourceFile(name: name, text: String(decoding: bytes, as: UTF8.self))
    return Diagnostic(
      .unreadableNotebook, message, at: SourceSpan(file: file, range: offset..<offset + 3),
      help: help)
  }

  /// Notebooks in the same folder with nearly this name; bibliographies for the name of one.
  private static func suggestion(for path: String) -> String? {
    let url = URL(fileURLWithPath: path)
    let names = try? FileManager.default.contentsOfDirectory(
      atPath: url.deletingLastPathComponent().path)
    let ending = url.pathExtension == "bib" ? ".bib" : ".md"
    let files = (names ?? []).filter { $0.hasSuffix(ending) }.sorted()
    return Diagnostic.suggestion(for: url.lastPathComponent, among: files)
  }

  /// The notebook, read and checked, with the files of its page.
  func checked(settings: [ParameterSetting]) throws(DiagnosticList) -> CheckedNotebook {
    let notebook = notebook()
    return try withPage(of: notebook) { () throws(DiagnosticList) in
      try checked(notebook, settings: settings)
    }
  }

  /// The same, and whether the files that its cells name are there: every mistake at once.
  func checkedWithFiles(settings: [ParameterSetting]) throws(DiagnosticList) -> CheckedNotebook {
    let notebook = notebook()
    return try withPage(of: notebook) { () throws(DiagnosticList) in
      try readable.whileReading { () throws(DiagnosticList) in
        try notebook.checked(
          cellTypes: AllCells.types, settings: settings, files: unhashedFiles)
      }
    }
  }

  /// What can be told of its cells before one of them runs: files that are missing are left to the run, those
  /// that may not be read are not.
  func checked(
    _ notebook: Notebook, settings: [ParameterSetting]
  ) throws(DiagnosticList) -> CheckedNotebook {
    try readable.whileReading { () throws(DiagnosticList) in
      let checked = try notebook.checked(cellTypes: AllCells.types, settings: settings)
      let forbidden = checked.forbiddenFiles(in: unhashedFiles)
      guard forbidden.isEmpty else { throw DiagnosticList(checked.warnings + forbidden) }
      return checked
    }
  }

  /// Mistakes in the files of the notebook's page: style, template, bibliography and pictures.
  func pageMistakes(in notebook: Notebook) -> [Diagnostic] {
    var mistakes: [Diagnostic] = []
    do throws(DiagnosticList) { _ = try PageFrame(for: notebook, of: self) } catch {
      mistakes = error.diagnostics
    }
    return mistakes + PictureFiles.mistakes(in: notebook, of: self)
  }

  private func withPage(
    of notebook: Notebook, _ check: () throws(DiagnosticList) -> CheckedNotebook
  ) throws(DiagnosticList) -> CheckedNotebook {
    var mistakes = pageMistakes(in: notebook)
    do throws(DiagnosticList) {
      let checked = try check()
      if mistakes.isEmpty { return checked }
      mistakes += checked.warnings
    } catch {
      mistakes += error.diagnostics
    }
    throw DiagnosticList(notebook.inOrder(mistakes).map { $0.calling(filesBelow: folder) })
  }

  /// Files of which it matters only that they are there.
  private func unhashedFiles(ofPart part: String) -> FileScope {
    FileScope(folder: NotebookPath.folder(ofPart: part, in: folder)) { path in
      guard StandardInput.isMeant(by: path) || FileManager.default.fileExists(atPath: path) else {
        throw FileError(.missing, path: path)
      }
      return ""
    }
  }

  /// A file that the notebook names, which it may read.
  ///
  /// - Throws: `Diagnostic` with `forbiddenPath`, or what `otherwise` makes of another error.
  func read<Contents>(
    _ name: String, at span: SourceSpan?, _ body: (_ path: String) throws(FileError) -> Contents,
    otherwise: (FileError) -> Diagnostic
  ) throws(Diagnostic) -> Contents {
    let path: String
    do throws(FileError) { path = try readable.path(of: name, in: folder) } catch {
      throw Diagnostic.forbiddenPath(error, named: name, at: span) ?? otherwise(error)
    }
    do throws(FileError) {
      return try readable.whileReading { () throws(FileError) in try body(path) }
    } catch {
      if case .outside = error.code,
        let forbidden = Diagnostic.forbiddenPath(error, named: name, at: span)
      {
        throw forbidden
      }
      throw otherwise(FileError(error.code, path: name))
    }
  }

  /// Runs a notebook's cells, which read what the notebook may read.
  func runner(
    _ checked: CheckedNotebook, _ options: RunOptions,
    onEvent: @escaping @Sendable (Runner.Event) -> Void
  ) -> Runner {
    var options = options
    options.readable = readable
    return Runner(checked, folder: folder, options: options, onEvent: onEvent)
  }

  /// The notebook with those that it includes.
  func notebook() -> Notebook {
    NotebookParser.parse(source) { (path, span) throws(Diagnostic) in
      try self.included(path, at: span)
    }
  }

  private func included(_ path: String, at span: SourceSpan?) throws(Diagnostic) -> SourceFile {
    // Messages call the file as the user would, who named the notebook from elsewhere.
    let name = source.name.beforeLastSlash.map { path.path(from: $0 + "/") } ?? path
    let full: String
    do throws(FileError) { full = try readable.path(of: path, in: folder) } catch {
      throw Diagnostic.forbiddenPath(error, named: path, at: span)
        ?? Diagnostic(
          .invalidInclude, "'\(path)' cannot be read: \(error.description)", at: span)
    }
    do throws(Diagnostic) {
      return try readable.whileReading { () throws(Diagnostic) in
        try Self.read(full, named: name)
      }
    } catch {
      if error.span != nil { throw error }
      throw Diagnostic(
        .invalidInclude, "'\(path)' cannot be read: \(error.message)", at: span,
        help: error.help
      ).calling(filesBelow: folder)
    }
  }
}
