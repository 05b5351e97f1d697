import Diagnostics
import NotebookLanguage

extension Runner {
  /// A variant with its expressions computed, and all that its value depends on.
  struct Identified {
    var cell: any Cell
    var key: ValueKey
    var files: [ReadFile]
    /// Of what the value is made from.
    var names: ContentNames
  }

  /// - Parameters:
  ///   - results: of the cells that it needs.
  ///   - inputs: content keys of the cells that it names, by label.
  ///   - known: hashes of files to go by where a file is not there.
  /// - Throws: mistakes of the body or of the files, `CancellationError`.
  func identified(
    _ planned: PlannedCell, _ variant: PlannedCell.Variant, after results: RunResults,
    inputs: [String: String], known: [String: String] = [:]
  ) throws -> Identified {
    let scope = results.scope
    let cell = try planned.resolved(variant, in: scope)
    let settings = cell.settled(
      try planned.settings(of: variant, in: scope), in: keyScope(results))
    let files: [ReadFile]
    do {
      files = try cell.files(in: FileScope(folder: folder(of: planned), hash: options.fileHash))
    } catch let error as Diagnostic where error.code.isMissingResource && !known.isEmpty {
      files = known.map { ReadFile(name: $0.key, sha256: $0.value) }.sorted { $0.name < $1.name }
    }
    var names = ContentNames()
    for input in planned.inputs {
      if let known = results.cells[input]?.names { names.add(known) }
    }
    return Identified(
      cell: cell,
      key: ValueKey(
        of: cell, settings: settings, inputs: inputs, files: files, engine: options.engine),
      files: files, names: names)
  }

  private func keyScope(_ results: RunResults) -> KeyScope {
    KeyScope { label in
      guard let index = checked.cells.firstIndex(where: { $0.source.label == label }),
        let result = results.cells[index], let record = result.record
      else { return nil }
      return KeyScope.Known(
        cell: checked.cells[index].cell, key: result.contentKey, record: record)
    }
  }

  /// What `#|`, the front matter and the command line say of a kept result.
  ///
  /// - Parameters:
  ///   - index: number of the cell.
  ///   - address: which of a sweep's values it is.
  func cachePolicy(ofCell index: Int, at address: [String]) -> CellOptions.Cache {
    let written = checked.cells[index].source.options.cache
    guard options.cache != nil else { return .off }
    let isRefreshed = options.refresh.contains { $0.contains(address, ofCell: index) }
    return isRefreshed && written == .use ? .refresh : written
  }
}

extension Runner.Identified {
  /// A variant's result under the names of this notebook, which its value has from here on.
  ///
  /// - Parameters:
  ///   - stored: as it was made or kept.
  ///   - value: as it was computed; what was kept of it if nil.
  ///   - key: another than this one, for a result that is rendered as it was committed.
  func result(
    _ stored: StoredResult, at address: [String], computed value: (any CellValue)? = nil,
    under key: ValueKey? = nil
  ) -> VariantResult {
    var names = ContentNames()
    for own in cell.contentNames(of: stored, files: files) { names.add(own.name, for: own.sha256) }
    names.add(self.names)
    let named = cell.named(stored, by: names)
    return VariantResult(
      address: address, value: value ?? cell.restored(from: named), key: key ?? self.key,
      stored: named, names: names)
  }
}
