#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// An exclusive lock on a file that other programs respect too: `flock(2)`, as Python's `filelock` and
/// hence `huggingface_hub` have it. It ends with its object, also when the process is killed.
///
/// The file is empty and stays where it is: whoever removed it could hold a lock on a name that another
/// program makes anew.
public final class FileLock: Sendable {
  private let descriptor: Int32

  /// Makes the file at `path`, where it does not exist, and locks it.
  ///
  /// - Returns: nil where another holder has it. Where the file system knows no locks it is given
  ///   without one.
  /// - Throws: `FileError` where the file cannot be made.
  public static func take(_ path: String) throws(FileError) -> FileLock? {
    // Another holder may remove the file between opening and locking it.
    for _ in 0..<16 {
      var descriptor: Int32
      repeat {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o664)
      } while descriptor < 0 && errno == EINTR
      guard descriptor >= 0 else { throw lastError("lock", path) }
      let lock = FileLock(descriptor)
      if flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
        if errno == EWOULDBLOCK || errno == EINTR { return nil }
        return lock
      }
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino,
        held.st_dev == named.st_dev
      {
        return lock
      }
    }
    return nil
  }

  /// Locks a folder itself, so that nothing is left in it; as `take(_:)`.
  static func take(folder path: String) throws(FileError) -> FileLock? {
    var descriptor: Int32
    repeat {
      descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw lastError("lock", path) }
    let lock = FileLock(descriptor)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { return nil }
      if errno != EINTR { return lock }
    }
    return lock
  }

  /// Locks a folder, and waits for who holds it, half a minute at most.
  ///
  /// - Returns: nil for a folder that may be written and not read, which cannot be locked.
  static func hold(folder path: String) throws(FileError) -> FileLock? {
    for _ in 0..<3000 {
      do throws(FileError) {
        if let lock = try take(folder: path) { return lock }
      } catch {
        if case .system(_, EACCES) = error.code { return nil }
        throw error
      }
      usleep(10_000)
    }
    throw FileError(.system(operation: "lock", errno: EWOULDBLOCK), path: path)
  }

  private init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }
}
