#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The C library's text for an error number, such as "Permission denied".
func systemMessage(_ number: Int32) -> String {
  strerror(number).map { String(cString: $0) } ?? "error \(number)"
}

/// A file descriptor that is closed when its owner is gone.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  /// Opens `path`; the flags are those of `open(2)`.
  init(_ path: String, flags: Int32, mode: mode_t = 0) throws(FileError) {
    guard !path.utf8.contains(0) else { throw FileError(.missing, path: path) }
    var descriptor: Int32
    repeat {
      descriptor = open(path, flags | O_CLOEXEC, mode)
    } while descriptor < 0 && errno == EINTR
    guard descriptor >= 0 else { throw lastError("open", path) }
    self.descriptor = descriptor
  }

  /// Makes the file `path`, where nothing is yet, to write it.
  ///
  /// - Parameter place: where it will stand, for messages.
  init(creating path: String, for place: String) throws(FileError) {
    do throws(FileError) {
      self = try Self(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    } catch { throw FileError(error.code, path: place) }
  }

  /// What tells a regular file and its state from others; anything else is refused, and so is what lies
  /// outside of the folders that may be read.
  func identity(path: String) throws(FileError) -> FileIdentity {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw lastError("inspect", path) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(.notAFile, path: path) }
    try ReadableFolders.current?.check(status, openedAt: path)
    return FileIdentity(status)
  }

  deinit { close(descriptor) }
}

/// The error of the system call that has just failed.
func lastError(_ operation: String, _ path: String) -> FileError {
  let number = errno
  switch number {
  case ENOENT: return FileError(.missing, path: path)
  case ENOTDIR: return FileError(.missing, path: path)
  case EEXIST: return FileError(.exists, path: path)
  case EISDIR: return FileError(.notAFile, path: path)
  default: return FileError(.system(operation: operation, errno: number), path: path)
  }
}

/// Waits until the device has all of a file.
///
/// - Returns: whether it does; `errno` says why not.
func flush(_ descriptor: Int32) -> Bool {
  while fsync(descriptor) != 0 {
    guard errno == EINTR else { return false }
  }
  return true
}
