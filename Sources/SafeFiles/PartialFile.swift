#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Synchronization

/// A file that grows, over several runs if need be, until it is whole and moved to its place.
///
/// It lies under a name of its own meanwhile and stays there when the process ends, so that the next one
/// goes on where this one stopped. Whoever moves it has checked its contents.
public final class PartialFile: Sendable {
  public let path: String
  private let descriptor: Int32
  private let count: Mutex<Int>

  /// Bytes so far.
  public var size: Int { count.withLock(\.self) }

  /// Opens the file at `path` to go on at its end, or makes an empty one.
  public init(path: String) throws(FileError) {
    guard !path.utf8.contains(0) else { throw FileError(.missing, path: path) }
    var opened: Int32
    repeat {
      // A link in its place would lead the bytes elsewhere. The rest of the mode is the user's umask.
      opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
    } while opened < 0 && errno == EINTR
    guard opened >= 0 else { throw lastError("open", path) }
    descriptor = opened
    self.path = path
    var status = stat()
    let end = lseek(opened, 0, SEEK_END)
    guard fstat(opened, &status) == 0, status.st_mode & S_IFMT == S_IFREG, end >= 0 else {
      close(opened)
      throw FileError(.notAFile, path: path)
    }
    count = Mutex(Int(end))
  }

  /// Adds bytes at the end; what could be written of them before a failure stays.
  public func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var failure: FileError?
    count.withLock { count in
      do throws(FileError) {
        try AtomicWrite.append(bytes, to: descriptor, path: path)
        count += bytes.count
      } catch {
        count = max(count, Int(lseek(descriptor, 0, SEEK_CUR)))
        failure = error
      }
    }
    if let failure { throw failure }
  }

  /// Gives all bytes, from the first on, in pieces of at most 4 MiB.
  public func read(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var buffer = [UInt8](repeating: 0, count: 4 << 20)
    var offset = 0
    while true {
      let read = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress, $0.count, off_t(offset))
      }
      if read < 0 && errno == EINTR { continue }
      guard read >= 0 else { throw lastError("read", path) }
      if read == 0 { return }
      offset += read
      try buffer.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[..<read])) }
    }
  }

  /// Moves the file over whatever is at `place`, in the same folder or another of the same file system,
  /// once the device has all of it.
  public func move(to place: String) throws(FileError) {
    guard flush(descriptor) else { throw lastError("flush", path) }
    guard rename(path, place) == 0 else { throw lastError("replace", place) }
    AtomicWrite.flushDirectory(AtomicWrite.parentDirectory(of: place))
  }

  /// Removes the file; whoever has it open may go on to use it.
  public func remove() { unlink(path) }

  deinit { close(descriptor) }
}
