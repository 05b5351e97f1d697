import ArgumentParser
import Diagnostics
import Foundation
import NotebookLanguage
import SafeFiles

/// The one notebook that a command works on, and how its parameters are set.
struct NotebookOptions: ParsableArguments {
  @Argument(
    help: "The notebook, a Markdown file; - reads it from standard input.",
    completion: .file(extensions: ["md"]))
  var notebook: String

  @OptionGroup var parameters: ParameterOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  init() {}

  /// A notebook as it stands, for commands that work on several.
  init(_ path: String, _ reading: ReadingOptions, _ diagnostics: DiagnosticOptions) {
    notebook = path
    self.reading = reading
    parameters = ParameterOptions()
    parameters.settings = []
    parameters.files = []
    self.diagnostics = diagnostics
  }

  /// As `read`, after showing every mistake and warning.
  ///
  /// - Throws: `ExitStatus.missing` or `.invalid`.
  func load(
    _ parsed: (NotebookFile, Notebook) -> [ParameterSetting] = { _, _ in [] }
  ) throws(ExitCode) -> (file: NotebookFile, checked: CheckedNotebook) {
    do throws(DiagnosticList) {
      let (file, checked) = try read(parsed)
      if !checked.warnings.isEmpty { diagnostics.show(checked.warnings) }
      return (file, checked)
    } catch {
      diagnostics.show(error.diagnostics)
      throw isThere ? ExitStatus.invalid : ExitStatus.missing
    }
  }

  /// The notebook, read and checked.
  ///
  /// - Parameter parsed: is told of the notebook before it is checked, and gives settings that win over
  ///   those of the command line.
  /// - Throws: every mistake.
  func read(
    _ parsed: (NotebookFile, Notebook) -> [ParameterSetting] = { _, _ in [] }
  ) throws(DiagnosticList) -> (file: NotebookFile, checked: CheckedNotebook) {
    let given = Result { () throws(DiagnosticList) in try parameters.all() }
    let file: NotebookFile
    do throws(Diagnostic) {
      file = try NotebookFile(
        path: notebook, reading: reading, settings: (try? given.get()) ?? [])
    } catch {
      throw DiagnosticList([error])
    }
    let parsedNotebook = file.notebook()
    let added = parsed(file, parsedNotebook)
    let settings = try given.get() + added
    return (file, try file.checked(parsedNotebook, settings: settings))
  }

  /// The notebook at `path`, parsed but not checked, for commands that ask for its front matter only.
  ///
  /// - Throws: as `load()`.
  static func parse(
    _ path: String, _ reading: ReadingOptions, _ diagnostics: DiagnosticOptions
  ) throws(ExitCode) -> (file: NotebookFile, notebook: Notebook) {
    let file = try read(path, reading, diagnostics)
    let notebook = file.notebook()
    guard notebook.mistakes.isEmpty else {
      diagnostics.show(notebook.mistakes)
      throw ExitStatus.invalid
    }
    return (file, notebook)
  }

  private static func read(
    _ path: String, _ reading: ReadingOptions, _ diagnostics: DiagnosticOptions
  ) throws(ExitCode) -> NotebookFile {
    do throws(Diagnostic) { return try NotebookFile(path: path, reading: reading) } catch {
      diagnostics.show([error])
      throw exists(path) ? ExitStatus.invalid : ExitStatus.missing
    }
  }

  var isThere: Bool { Self.exists(notebook) }

  private static func exists(_ path: String) -> Bool {
    path == "-" || FileManager.default.fileExists(atPath: path)
  }
}
