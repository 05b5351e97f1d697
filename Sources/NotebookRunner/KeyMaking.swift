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

extension PlannedCell {
  /// The value that a sweep's parts make: records within records, one for each axis.
  func joined(_ variants: [(address: [String], value: Value)]) -> Value? {
    guard !axes.isEmpty else { return variants.first?.value }
    return Self.joined(variants[...].map { ($0.address[...], $0.value) }, axes[...])
  }

  private static func joined(
    _ variants: [(address: ArraySlice<String>, value: Value)], _ axes: ArraySlice<String>
  ) -> Value? {
    guard let axis = axes.first else { return variants.first?.value }
    var record = Record()
    record.axis = axis
    for name in variants.compactMap(\.address.first) where record[name] == nil {
      let inner = variants.filter { $0.address.first == name }
        .map { ($0.address.dropFirst(), $0.value) }
      if let value = joined(inner, axes.dropFirst()) { record.append(name, value) }
    }
    return .record(record)
  }
}
