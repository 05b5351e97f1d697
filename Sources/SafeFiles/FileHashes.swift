/// The SHA-256 of files, remembered from run to run: a file is read again only if its device, inode,
/// size or one of its times has changed.
///
/// A file that was changed within the two seconds before is not remembered: it could be changed again
/// without a trace. What is remembered lies in a ``BlobStore``, which checks it.
public struct FileHashes: Sendable {
  private let store: BlobStore?
  private let verifies: Bool
  private let droppedDamage: @Sendable (_ path: String) -> Void
  /// In nanoseconds since 1970; another for tests.
  var now: @Sendable () -> Int64 = FileIdentity.now

  /// - Parameters:
  ///   - store: where to remember; nothing is remembered without.
  ///   - verifies: reads every file, whatever is remembered.
  ///   - droppedDamage: is called for a file whose hash was remembered, and damaged since.
  public init(
    store: BlobStore? = nil, verifies: Bool = false,
    droppedDamage: @escaping @Sendable (_ path: String) -> Void = { _ in }
  ) {
    self.store = store
    self.verifies = verifies
    self.droppedDamage = droppedDamage
  }

  /// SHA-256 of the file at `path` or of standard input, 64 lower-case hexadecimal digits.
  ///
  /// - Throws: `FileError`, `CancellationError`.
  public func sha256(ofFile path: String) throws -> String {
    guard !StandardInput.isMeant(by: path) else {
      return try StandardInput.bytes().withUnsafeBytes { ContentHash.sha256($0) }
    }
    return try sha256(of: MappedFile(path: path))
  }

  /// SHA-256 of a file as it was when it was mapped, 64 lower-case hexadecimal digits.
  ///
  /// - Throws: `CancellationError`.
  public func sha256(of file: MappedFile) throws(CancellationError) -> String {
    let key = Self.key(of: file)
    if !verifies, let known = store?.read(key, droppedDamage: { droppedDamage(file.path) }) {
      let digest = String(decoding: known.bytes, as: UTF8.self)
      if BlobStore.isKey(digest) { return digest }
    }
    let start = now()
    let digest = try file.sha256()
    if !file.identity.isRacy(at: start) {
      Array(digest.utf8).withUnsafeBytes { _ = store?.write(key, $0) }
    }
    return digest
  }

  private static func key(of file: MappedFile) -> String {
    var hash = ContentHash()
    hash.update("SHA-256 of a file")
    hash.update(file.path)
    let identity = file.identity
    hash.update("\(identity.device) \(identity.inode) \(identity.size)")
    hash.update("\(identity.modified) \(identity.changed)")
    return hash.finalize()
  }
}
