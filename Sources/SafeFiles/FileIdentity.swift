#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Which file it is and in which state, as far as the system tells without reading it: whoever
/// writes to a file or puts another in its place changes one of these.
public struct FileIdentity: Hashable, Sendable {
  public let device: UInt64
  public let inode: UInt64
  /// Bytes.
  public let size: Int
  /// When the contents were changed last, in nanoseconds since 1970.
  public let modified: Int64
  /// When contents, name or permissions were changed last, in nanoseconds since 1970. Unlike
  /// `modified`, no program can set it.
  public let changed: Int64

  init(_ status: stat) {
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(status.st_ino)
    size = Int(status.st_size)
    #if canImport(Darwin)
      modified = Self.nanoseconds(status.st_mtimespec)
      changed = Self.nanoseconds(status.st_ctimespec)
    #else
      modified = Self.nanoseconds(status.st_mtim)
      changed = Self.nanoseconds(status.st_ctim)
    #endif
  }

  /// Whether the file was changed so shortly before `now`, in nanoseconds since 1970, that another
  /// change could bear the same times: file systems keep them to two seconds at worst.
  func isRacy(at now: Int64) -> Bool { max(modified, changed) > now - 2_000_000_000 }

  /// The present, in nanoseconds since 1970.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }

  /// Any number does for them: wraps around for the absurd times that a damaged file system may give.
  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
