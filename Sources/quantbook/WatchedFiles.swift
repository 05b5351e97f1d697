import Foundation
import Paths
import Synchronization

/// Files that are looked at again and again, and what stood there when they were first seen.
final class WatchedFiles: Sendable {
  private struct State: Equatable {
    var inode: UInt64
    var size: Int64
    var modified: Int
    var nanoseconds: Int

    /// nil where nothing is there.
    static func of(_ path: String) -> Self? {
      var status = stat()
      guard stat(path, &status) == 0 else { return nil }
      #if os(Linux)
        let modified = status.st_mtim
      #else
        let modified = status.st_mtimespec
      #endif
      return Self(
        inode: UInt64(status.st_ino), size: Int64(status.st_size), modified: modified.tv_sec,
        nanoseconds: modified.tv_nsec)
    }
  }

  private struct Files {
    var first: [PathKey: State?]
    var last: [PathKey: State?] = [:]
    /// Whether something else than a file is another than before.
    var isMarked = false

    var now: [PathKey: State?] {
      Dictionary(uniqueKeysWithValues: first.keys.map { ($0, State.of($0.text)) })
    }
  }

  private let notebook: String
  private let files: Mutex<Files>

  init(notebook: String) {
    self.notebook = notebook
    files = Mutex(Files(first: [PathKey(notebook): State.of(notebook)]))
  }

  /// Watches further files, as they stand now.
  func add(_ paths: [String]) {
    files.withLock { files in
      for path in paths where files.first[PathKey(path)] == nil {
        files.first[PathKey(path)] = .some(State.of(path))
      }
    }
  }

  /// Takes what stands there now for what was there before.
  func settle() {
    files.withLock { files in
      files.first = files.now
      files.isMarked = false
    }
  }

  /// Has what depends on the files done again, as if one of them had been saved.
  func markChanged() { files.withLock { $0.isMarked = true } }

  /// Whether the notebook stands where it stood.
  var hasNotebook: Bool { State.of(notebook) != nil }

  var haveChanged: Bool { files.withLock { $0.isMarked || $0.now != $0.first } }

  /// Whether a file is another than before and the same as at the last look. While the notebook is away
  /// it is being replaced.
  var haveChangedAndRest: Bool {
    files.withLock { files in
      let now = files.now
      defer { files.last = now }
      return (files.isMarked || now != files.first) && now == files.last
        && now[PathKey(notebook)] != .some(nil)
    }
  }
}
