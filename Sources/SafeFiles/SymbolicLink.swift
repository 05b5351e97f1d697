#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Names that lead to other files.
public enum SymbolicLink {
  /// Makes `path` lead to `target`, a path relative to the folder of `path` or an absolute one, in place
  /// of whatever it was before.
  public static func write(_ target: String, at path: String) throws(FileError) {
    let temporary = AtomicWrite.temporaryPath(beside: path)
    guard symlink(target, temporary) == 0 else { throw lastError("link", path) }
    guard rename(temporary, path) == 0 else {
      let error = lastError("link", path)
      unlink(temporary)
      throw error
    }
  }
}
