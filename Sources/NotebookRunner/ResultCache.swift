import NotebookLanguage
public import SafeFiles

/// Results that are kept between runs, whole and in parts, in the user's cache folder.
public struct ResultCache: Sendable {
  private let blobs: BlobStore

  public init(_ blobs: BlobStore) { self.blobs = blobs }

  var folder: String { blobs.folder }

  /// nil where nothing is kept under the key, or where what was kept is damaged.
  ///
  /// - Parameter droppedDamage: is called in the second case.
  func result(_ key: String, droppedDamage: () -> Void) -> StoredResult? {
    guard let blob = blobs.read(key, droppedDamage: droppedDamage) else { return nil }
    return StoredResultCoding.result(blob.bytes)
  }

  /// A full disk is no failure of the run: the result is computed again next time.
  func keep(_ result: StoredResult, for key: String) {
    StoredResultCoding.bytes(result).withUnsafeBytes { _ = blobs.write(key, $0) }
  }

  /// Parts of cells' values: read unless they are to be computed anew.
  func parts(
    engine: EngineIdentity, setting: String?, reads: Bool,
    droppedDamage: @escaping @Sendable () -> Void
  ) -> PartMemory {
    PartMemory(
      makeKey: { names, host in
        let facts = engine.facts(for: host).sorted { $0.key < $1.key }
        return ValueKey.hash([names, [engine.version]] + facts.map { [$0.key, $0.value] })
      },
      read: { reads ? result($0, droppedDamage: droppedDamage) : nil },
      keep: { key, result in
        var result = result
        result.value = result.value.measured(with: setting)
        keep(result, for: key)
      })
  }
}
