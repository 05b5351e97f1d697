#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Paths
import Synchronization

/// Writes files so that a reader sees the old contents or the new, never a part.
///
/// The bytes go to a temporary file in the same directory, are flushed to the device, and the
/// temporary file is renamed over the target. After a failure the target is as it was.
public enum AtomicWrite {
  /// Replaces or creates the file at `path`.
  public static func write(_ contents: UnsafeRawBufferPointer, to path: String) throws(FileError) {
    try write(to: path) { (append) throws(FileError) in try append(contents) }
  }

  /// Replaces or creates the file at `path` with the UTF-8 of `text`.
  public static func write(_ text: String, to path: String) throws(FileError) {
    try write(to: path) { (append) throws(FileError) in
      try self.append(text, by: append)
    }
  }

  /// Replaces or creates the file at `path` with `bytes`.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    try write(to: path) { (append) throws(FileError) in try self.append(bytes, by: append) }
  }

  /// Creates the file at `path` with the UTF-8 of `text`.
  ///
  /// - Throws: `FileError` with `exists` where there is anything at `path` already.
  public static func create(_ text: String, at path: String) throws(FileError) {
    try create(at: path) { (append) throws(FileError) in try self.append(text, by: append) }
  }

  /// Creates the file at `path` with what `body` appends, piece by piece.
  ///
  /// - Throws: `FileError` with `exists` where there is anything at `path` already.
  public static func create(
    at path: String,
    _ body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
  ) throws(FileError) {
    try place(at: path, body) { (temporary) throws(FileError) in
      // Unlike a rename, a link never takes another file's place.
      guard link(temporary, path) == 0 else { throw lastError("create", path) }
      unlink(temporary)
    }
  }

  private static func append(
    _ text: String, by append: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    try self.append(Array(text.utf8), by: append)
  }

  private static func append(
    _ contents: [UInt8], by append: (UnsafeRawBufferPointer) throws(FileError) -> Void
  ) throws(FileError) {
    var failure: FileError?
    contents.withUnsafeBytes { bytes in
      do throws(FileError) { try append(bytes) } catch { failure = error }
    }
    if let failure { throw failure }
  }

  /// Replaces or creates the file at `path` with what `body` appends, piece by piece.
  ///
  /// - Parameter isDurable: whether to wait until the device has it. Without, a power failure may
  ///   leave a file that is there but not whole: for what is checked when it is read.
  /// - Throws: `FileError`; the target is then untouched and the temporary file gone.
  public static func write(
    to path: String, isDurable: Bool = true,
    _ body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void
  ) throws(FileError) {
    try place(at: path, isDurable: isDurable, body) { (temporary) throws(FileError) in
      guard rename(temporary, path) == 0 else { throw lastError("replace", path) }
    }
  }

  private static func place(
    at path: String, isDurable: Bool = true,
    _ body: ((UnsafeRawBufferPointer) throws(FileError) -> Void) throws(FileError) -> Void,
    moving: (_ temporary: String) throws(FileError) -> Void
  ) throws(FileError) {
    AbandonedFiles.remove(in: parentDirectory(of: path))
    let temporary = temporaryPath(beside: path)
    unfinished.withLock { _ = $0.insert(temporary) }
    defer { unfinished.withLock { _ = $0.remove(temporary) } }
    do throws(FileError) {
      let file = try temporaryFile(at: temporary, for: path)
      let descriptor = file.descriptor
      try body { (bytes) throws(FileError) in try append(bytes, to: descriptor, path: path) }
      guard !isDurable || flush(descriptor) else { throw lastError("flush", path) }
      try moving(temporary)
    } catch {
      unlink(temporary)
      throw error
    }
    if isDurable { flushDirectory(parentDirectory(of: path)) }
  }

  /// - Parameter place: where the file will stand, for messages.
  private static func temporaryFile(
    at path: String, for place: String
  ) throws(FileError) -> OpenFile {
    while true {
      let file = try OpenFile(creating: path, for: place)
      if AbandonedFiles.claim(file, at: path) { return file }
    }
  }

  /// Ends the process in the middle of things: removes the temporary files of all writes that are
  /// under way, and lets none be begun or finished any more.
  public static func endProcess(_ end: () -> Never) -> Never {
    unfinished.withLock { paths in
      for path in paths { unlink(path) }
      end()
    }
  }

  /// Temporary files of writes that are under way.
  static let unfinished = Mutex<Set<String>>([])

  /// Removes the file or link at `path`; where there is none, nothing happens.
  public static func remove(_ path: String) throws(FileError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw lastError("remove", path) }
  }

  /// Makes the directory at `path` and those above it, where they do not exist.
  ///
  /// - Parameter mode: the permissions of those that are made.
  public static func makeDirectory(_ path: String, mode: UInt16 = 0o755) throws(FileError) {
    var status = stat()
    if stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(.notADirectory, path: path) }
      return
    }
    let parent = parentDirectory(of: path)
    if parent != path { try makeDirectory(parent, mode: mode) }
    guard mkdir(path, mode_t(mode)) == 0 || errno == EEXIST else { throw lastError("create", path) }
  }

  /// Writes all of `contents` at the descriptor's position.
  static func append(
    _ contents: [UInt8], to descriptor: Int32, path: String
  ) throws(FileError) {
    try append(
      contents,
      by: { (bytes) throws(FileError) in
        try append(bytes, to: descriptor, path: path)
      })
  }

  /// Writes all of `bytes` at the descriptor's position.
  static func append(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String
  ) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      // Qualified so as not to mean this type's own `write`.
      #if canImport(Glibc)
        let count = Glibc.write(descriptor, part.baseAddress, part.count)
      #elseif canImport(Musl)
        let count = Musl.write(descriptor, part.baseAddress, part.count)
      #else
        let count = Darwin.write(descriptor, part.baseAddress, part.count)
      #endif
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw lastError("write", path) }
      rest = rest.dropFirst(count)
    }
  }

  /// A name in the same directory that nothing else has.
  static func temporaryPath(beside path: String) -> String {
    let unique = String(UInt64.random(in: 0 ... .max), radix: 36)
    return "\(path).\(unique)\(temporarySuffix)"
  }

  /// How the names of temporary files end.
  static let temporarySuffix = ".quantbook-tmp"

  /// Makes the rename itself durable. Some file systems refuse to flush a directory: no harm.
  static func flushDirectory(_ path: String) {
    guard let directory = try? OpenFile(path, flags: O_RDONLY) else { return }
    _ = flush(directory.descriptor)
  }

  static func parentDirectory(of path: String) -> String {
    var trimmed = path
    while trimmed.utf8.count > 1, trimmed.endsWithSlash { trimmed.unicodeScalars.removeLast() }
    guard let above = trimmed.beforeLastSlash else { return "." }
    return above.isEmpty ? "/" : String(above)
  }
}
