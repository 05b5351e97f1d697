import ArgumentParser
import Diagnostics
import Foundation
import NotebookLanguage

/// The one notebook that a command works on, and how its parameters are set.
struct NotebookOptions: ParsableArguments {
  @Argument(
    help: "The notebook, a Markdown file; - reads it from standard input.",
    completion: .file(extensions: ["md"]))
  var notebook: String

  @OptionGroup var parameters: ParameterOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  /// The notebook, read and checked.
  ///
  /// - Throws: `ExitStatus.missing` or `.invalid`, after showing every mistake.
  func load() throws(ExitCode) -> (file: NotebookFile, checked: CheckedNotebook) {
    let file = try Self.read(notebook, diagnostics)
    do throws(DiagnosticList) {
      let checked = try file.checked(settings: parameters.all())
      if !checked.warnings.isEmpty { diagnostics.show(checked.warnings) }
      return (file, checked)
    } catch {
      diagnostics.show(error.diagnostics)
      throw ExitStatus.invalid
    }
  }

  /// The notebook at `path`, parsed but not checked, for commands that ask for its front matter only.
  ///
  /// - Throws: as `load()`.
  static func parse(
    _ path: String, _ diagnostics: DiagnosticOptions
  ) throws(ExitCode) -> (file: NotebookFile, notebook: Notebook) {
    let file = try read(path, diagnostics)
    let notebook = file.notebook()
    guard notebook.mistakes.isEmpty else {
      diagnostics.show(notebook.mistakes)
      throw ExitStatus.invalid
    }
    return (file, notebook)
  }

  private static func read(
    _ path: String, _ diagnostics: DiagnosticOptions
  ) throws(ExitCode) -> NotebookFile {
    do throws(Diagnostic) { return try NotebookFile(path: path) } catch {
      diagnostics.show([error])
      let exists = path == "-" || FileManager.default.fileExists(atPath: path)
      throw exists ? ExitStatus.invalid : ExitStatus.missing
    }
  }
}
