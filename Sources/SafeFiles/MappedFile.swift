import CMappings
public import InputLimits

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bytes of a file, mapped read-only into memory for as long as this object lives.
///
/// Nothing is read until it is touched, and the pages belong to the system's cache. Where another program
/// shortens the file meanwhile, touching what is gone ends the process with a message (CMappings).
public final class MappedFile: @unchecked Sendable {
  // @unchecked: the mapping is read-only and immutable from `init` to `deinit`.

  public let path: String
  /// Which file it was when it was mapped, and in which state.
  public let identity: FileIdentity
  /// All bytes of the file. Valid while this object lives; empty for an empty file.
  public let bytes: UnsafeRawBufferPointer
  private let mapping: Int32

  /// Maps the file at `path`.
  ///
  /// - Parameter limit: the most bytes that the file may have; see `Limit`.
  /// - Throws: `FileError` when the file is missing, not a regular file, or larger than `limit`.
  public init(path: String, limit: Limit = .weightsBytes) throws(FileError) {
    let file = try OpenFile(path, flags: O_RDONLY | O_NONBLOCK)
    let identity = try file.identity(path: path)
    let size = identity.size
    guard size <= limit.value else {
      throw FileError(.tooLarge(size: size, limit: limit.value, name: limit), path: path)
    }
    self.path = path
    self.identity = identity
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      mapping = Int32(QB_NO_MAPPING)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file.descriptor, 0),
      start != MAP_FAILED
    else { throw lastError("map", path) }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
    mapping = qb_remember_mapping(start, size, path)
  }

  deinit {
    guard let start = bytes.baseAddress else { return }
    qb_forget_mapping(mapping)
    munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
  }

  /// Takes pages out of the process's memory, where they are no longer needed. They stay in the
  /// system's cache while there is room, and come back when they are touched.
  ///
  /// - Parameter part: of `bytes`; anything else is passed over.
  public func discardPages(of part: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress, let first = part.baseAddress, first >= start,
      first + part.count <= start + bytes.count
    else { return }
    // Whole pages: those at the ends may be in use for what lies beside.
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let lower = (first - start + page - 1) / page * page
    let upper = (first - start + part.count) / page * page
    guard lower < upper else { return }
    // Advice: where it is refused, nothing is lost.
    _ = madvise(UnsafeMutableRawPointer(mutating: start + lower), upper - lower, MADV_DONTNEED)
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
      let part = UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + chunk, bytes.count)])
      hash.update(part)
      discardPages(of: part)
    }
    return hash.finalize()
  }
}
