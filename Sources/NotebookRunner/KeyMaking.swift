import Diagnostics
import NotebookLanguage

extension Runner {
  /// A variant with its expressions computed, and all that its value depends on.
  struct Identified {
    var cell: any Cell
    var key: ValueKey
    var files: [ReadFile]
  }

  /// - Parameters:
  ///   - inputs: content keys of the cells that it names, by label.
  ///   - known: hashes of files to go by where a file is not there.
  /// - Throws: mistakes of the body or of the files, `CancellationError`.
  func identified(
    _ planned: PlannedCell, _ variant: PlannedCell.Variant, in scope: ExpressionScope,
    inputs: [String: String], known: [String: String] = [:]
  ) throws -> Identified {
    let cell = try planned.resolved(variant, in: scope)
    let settings = try planned.settings(of: variant, in: scope)
    let files: [ReadFile]
    do {
      files = try cell.files(in: FileScope(folder: folder(of: planned), hash: options.fileHash))
    } catch let error as Diagnostic where error.code.isMissingResource && !known.isEmpty {
      files = known.map { ReadFile(name: $0.key, sha256: $0.value) }.sorted { $0.name < $1.name }
    }
    return Identified(
      cell: cell,
      key: ValueKey(
        of: cell, settings: settings, inputs: inputs, files: files, engine: options.engine),
      files: files)
  }

  /// What `#|`, the front matter and the command line say of kept results.
  func cachePolicy(of planned: PlannedCell) -> CellOptions.Cache {
    let written = planned.source.options.cache
    guard options.cache != nil else { return .off }
    if let label = planned.source.label, options.refresh.contains(label), written == .use {
      return .refresh
    }
    return written
  }
}
