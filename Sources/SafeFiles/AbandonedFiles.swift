#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Paths
import Synchronization

/// Temporary files of writers that were killed. Who writes one holds a lock on it, which ends with the
/// process: one that can be locked belongs to nobody.
enum AbandonedFiles {
  private static let seen = Mutex<Set<PathKey>>([])

  /// Removes those in a folder, when it is first asked of that folder; none while an ``AtomicSet`` is written
  /// there, whose files have no locks of their own.
  ///
  /// - Parameter isLocked: whether the caller holds the folder's lock.
  static func remove(in folder: String, isLocked: Bool = false) {
    guard !seen.withLock({ $0.contains(PathKey(folder)) }) else { return }
    let lock = isLocked ? nil : try? FileLock.take(folder: folder)
    guard isLocked || lock != nil, seen.withLock({ $0.insert(PathKey(folder)).inserted }) else {
      return
    }
    defer { withExtendedLifetime(lock) {} }
    for name in DirectoryListing.names(in: folder)
    where name.hasSuffix(AtomicWrite.temporarySuffix) {
      remove("\(folder)/\(name)")
    }
  }

  private static func remove(_ path: String) {
    guard let file = try? OpenFile(path, flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW),
      (try? file.identity(path: path)) != nil, flock(file.descriptor, LOCK_EX | LOCK_NB) == 0
    else { return }
    unlink(path)
  }

  /// Marks a file that was just made as in use.
  ///
  /// - Returns: false where somebody took it for abandoned before it was marked, and removed it.
  static func claim(_ file: borrowing OpenFile, at path: String) -> Bool {
    // Where the file system knows no locks, nobody can take it for abandoned either.
    guard flock(file.descriptor, LOCK_EX) == 0 else { return true }
    var held = stat()
    var named = stat()
    return fstat(file.descriptor, &held) == 0 && lstat(path, &named) == 0
      && held.st_ino == named.st_ino && held.st_dev == named.st_dev
  }
}
