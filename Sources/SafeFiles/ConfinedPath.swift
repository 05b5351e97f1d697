#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Paths

/// Relative paths from files that are not trusted, resolved without leaving a folder.
public enum ConfinedPath {
  /// What is done about symbolic links on the way.
  public enum Links: Sendable {
    /// A link may only lead to a place inside the folder.
    case inside
    /// Links are followed anywhere, as the Hub's cache needs: its snapshots link to `../../blobs`.
    case anywhere
  }

  /// The path of `relative` below the folder `root`.
  ///
  /// - Throws: `FileError.Code.escapes` for an absolute path, for one with a `..` component or a
  ///   zero byte, and, with `links: .inside`, for one whose existing part leads outside through a
  ///   symbolic link. What does not exist yet is no error.
  public static func resolve(
    _ relative: String, in root: String, links: Links = .inside
  ) throws(FileError) -> String {
    guard !relative.isEmpty, !relative.isAbsolutePath, !relative.utf8.contains(0),
      !relative.pathParts.contains("..")
    else { throw FileError(.escapes(root: root), path: relative) }
    let path = relative.path(from: root)
    guard links == .inside else { return path }
    guard let realRoot = canonicalPath(root) else { throw FileError(.missing, path: root) }
    // The deepest existing part decides: what lies below it has no links yet.
    var existing = path
    while existing.utf8.count > root.utf8.count {
      if let real = canonicalPath(existing) {
        guard real.isPath(atOrBelow: realRoot) else {
          throw FileError(.escapes(root: root), path: relative)
        }
        break
      }
      // A link that leads nowhere could be made to lead anywhere by the next write.
      var status = stat()
      if lstat(existing, &status) == 0 {
        throw FileError(.escapes(root: root), path: relative)
      }
      guard let above = existing.beforeLastSlash else { break }
      existing = String(above)
    }
    return path
  }
}
