import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Paths
import SafeFiles

/// A notebook that is read, checked and run, once or whenever it is saved: what `run`, `run --watch`
/// and `preview` have in common.
struct NotebookJob: Sendable {
  let input: NotebookOptions
  let cache: CacheSettings
  /// Is told of the files that the job depends on, as soon as they are known.
  let reads: @Sendable ([String]) -> Void

  /// As `read`, after showing every mistake and warning.
  ///
  /// - Throws: `ExitStatus.missing` or `.invalid`.
  func load() throws -> (file: NotebookFile, checked: CheckedNotebook) {
    reads(input.parameters.files)
    return try input.load { file, notebook in
      tell(files(of: notebook), of: file)
      return []
    }
  }

  /// The notebook, read and checked.
  ///
  /// - Parameter settings: of its parameters, which win over those of the command line.
  /// - Throws: every mistake.
  func read(
    settings: ([Parameter]) -> [ParameterSetting]
  ) throws(DiagnosticList) -> (file: NotebookFile, checked: CheckedNotebook) {
    reads(input.parameters.files)
    return try input.read { file, notebook in
      tell(files(of: notebook), of: file)
      return settings(notebook.frontMatter.parameters.parameters)
    }
  }

  /// Runs the cells. What was computed is kept as `cache` says.
  ///
  /// - Throws: as `Runner.run`.
  func run(
    _ checked: CheckedNotebook, of file: NotebookFile, _ options: RunOptions,
    onEvent: @escaping @Sendable (Runner.Event) -> Void
  ) async throws -> RunResults {
    let results = try await file.runner(checked, options, onEvent: onEvent).run()
    cache.trim(after: results)
    tell(results.filesRead, of: file)
    return results
  }

  /// What the notebook names beside what its cells read.
  private func files(of notebook: Notebook) -> [String] {
    let page = notebook.frontMatter.format.html
    return notebook.includedFiles + notebook.pictures.map(\.path)
      + [page.css, page.template].compactMap { $0?.value }
  }

  private func tell(_ names: [String], of file: NotebookFile) {
    let working = FileManager.default.currentDirectoryPath
    reads(
      names.map { name in
        let (path, other) = (name.path(from: file.folder), name.path(from: working))
        // What the user named may lie where he stands.
        return !DirectoryListing.exists(path) && DirectoryListing.exists(other) ? other : path
      })
  }
}
