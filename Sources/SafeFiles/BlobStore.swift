#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Byte strings by key in a folder, kept as long as there is room: a cache.
///
/// A key is 64 lower-case hexadecimal digits, the SHA-256 of everything that the bytes depend on. An
/// entry is a file; nothing is read before it is asked for, so thousands cost nothing. What cannot be
/// written is not kept, and what was damaged counts as absent: no operation fails. Any number of
/// threads and processes may use the same folder.
public struct BlobStore: Sendable {
  public let folder: String

  /// - Parameter folder: need not exist.
  public init(folder: String) { self.folder = folder }

  /// What is known of an entry without reading it.
  public struct Entry: Hashable, Sendable {
    public let key: String
    /// Size of its file.
    public let bytes: Int
    /// In seconds since 1970, to a day.
    public let lastUsed: Int
  }

  /// The bytes kept under `key`, after a check of all of them; nil where there are none.
  ///
  /// - Parameter droppedDamage: is called after a damaged entry was removed.
  public func read(_ key: String, droppedDamage: () -> Void = {}) -> Blob? {
    guard let path = path(of: key), let file = try? MappedFile(path: path) else { return nil }
    guard let blob = Blob(file, key: key) else {
      unlink(path)
      droppedDamage()
      return nil
    }
    let day: Int64 = 86_400_000_000_000
    if FileIdentity.now() - file.identity.modified > day { utimensat(AT_FDCWD, path, nil, 0) }
    return blob
  }

  /// Keeps the bytes of all pieces, one after the other, under `key`, in place of any before.
  ///
  /// - Returns: whether they are kept: not on a full disk, or where the folder cannot be written to.
  @discardableResult
  public func write(_ key: String, _ pieces: [UnsafeRawBufferPointer]) -> Bool {
    guard let path = path(of: key), makeFolder(of: key) else { return false }
    let header = Blob.header(key: key, pieces)
    do throws(FileError) {
      // Not durable: the check on reading notices what a power failure left undone.
      try AtomicWrite.write(to: path, isDurable: false) { (append) throws(FileError) in
        var failure: FileError?
        header.withUnsafeBytes { bytes in
          do throws(FileError) { try append(bytes) } catch { failure = error }
        }
        if let failure { throw failure }
        for piece in pieces { try append(piece) }
      }
      return true
    } catch {
      return false
    }
  }

  /// Keeps `bytes` under `key`; see `write(_:_:)` of several pieces.
  @discardableResult
  public func write(_ key: String, _ bytes: UnsafeRawBufferPointer) -> Bool {
    write(key, [bytes])
  }

  /// Removes the entry, if there is one. Whoever has read it may go on to use it.
  public func remove(_ key: String) {
    if let path = path(of: key) { unlink(path) }
  }

  /// All entries, in no order.
  public func entries() -> [Entry] {
    files().compactMap { file in
      guard Self.isKey(file.name) else { return nil }
      return Entry(
        key: file.name, bytes: file.identity.size,
        lastUsed: Int(file.identity.modified / 1_000_000_000))
    }
  }

  /// Removes the entries that were used longest ago until the others take at most `limit` bytes, and
  /// temporary files that writers which ended too early left more than an hour ago.
  ///
  /// - Returns: the entries removed.
  @discardableResult
  public func clean(keeping limit: Int) -> [Entry] {
    let hour: Int64 = 3_600_000_000_000
    for file in files()
    where file.name.hasSuffix(AtomicWrite.temporarySuffix)
      && FileIdentity.now() - file.identity.modified > hour
    { unlink(file.path) }
    var kept = 0
    // Of those used on the same day the larger goes first.
    let entries = entries().sorted { ($1.lastUsed, $0.bytes) < ($0.lastUsed, $1.bytes) }
    return entries.filter { entry in
      let (total, overflows) = kept.addingReportingOverflow(entry.bytes)
      guard overflows || total > limit else {
        kept = total
        return false
      }
      remove(entry.key)
      return true
    }
  }

  /// Nil for what is no key, such as a path that leads elsewhere.
  private func path(of key: String) -> String? {
    Self.isKey(key) ? "\(folder)/\(key.prefix(2))/\(key)" : nil
  }

  static func isKey(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
  }

  /// Entries lie in 256 folders, so that none of them grows long.
  private func makeFolder(of key: String) -> Bool {
    let path = "\(folder)/\(key.prefix(2))"
    do throws(FileError) { try AtomicWrite.makeDirectory(path, mode: 0o700) } catch { return false }
    return access(path, W_OK) == 0
  }

  private func files() -> [(name: String, path: String, identity: FileIdentity)] {
    DirectoryListing.names(in: folder).filter { $0.utf8.count == 2 }.flatMap { subfolder in
      DirectoryListing.names(in: "\(folder)/\(subfolder)").compactMap { name in
        let path = "\(folder)/\(subfolder)/\(name)"
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        return (name, path, FileIdentity(status))
      }
    }
  }
}
