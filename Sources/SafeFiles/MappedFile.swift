#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, mapped read-only into memory for as long as this object lives.
///
/// Nothing is read until it is touched, and the pages belong to the system's cache. The file must
/// not be shortened by another program meanwhile: the system then ends the process.
public final class MappedFile: @unchecked Sendable {
  // @unchecked: the mapping is read-only and immutable from `init` to `deinit`.

  public let path: String
  /// Which file it was when it was mapped, and in which state.
  public let identity: FileIdentity
  /// All bytes of the file. Valid while this object lives; empty for an empty file.
  public let bytes: UnsafeRawBufferPointer

  /// Maps the file at `path`.
  ///
  /// - Parameter limit: the most bytes that the file may have; see `Limits`.
  /// - Throws: `FileError` when the file is missing, not a regular file, or larger than `limit`.
  public init(path: String, limit: Int = Limits.weights) throws(FileError) {
    let file = try OpenFile(path, flags: O_RDONLY | O_NONBLOCK)
    let identity = try file.identity(path: path)
    let size = identity.size
    guard size <= limit else { throw FileError(.tooLarge(size: size, limit: limit), path: path) }
    self.path = path
    self.identity = identity
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      start != MAP_FAILED
    else { throw lastError("map", path) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }

  /// SHA-256 of the contents, 64 lower-case hexadecimal digits. Reads the whole file at each call.
  ///
  /// - Throws: `CancellationError` within a few hundredths of a second of the task's cancellation.
  public func sha256() throws(CancellationError) -> String {
    defer { withExtendedLifetime(self) {} }
    var hash = ContentHash()
    let chunk = 8 << 20
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      if Task.isCancelled { throw CancellationError() }
      hash.update(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + chunk, bytes.count)]))
    }
    return hash.finalize()
  }
}
