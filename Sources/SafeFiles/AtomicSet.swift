import Paths
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files of a folder that replace older ones together, such as those of a report.
///
/// All are written to temporary files first, and take their places once the device has all of them: where one
/// cannot be written or moved, every older one is there as it was. Meanwhile the folders are locked, so that of
/// two writers at once one's files are there whole; and who ends the process by `AtomicWrite.endProcess` waits
/// for the moves. Nothing helps where the process is killed, or the power fails, between two moves: they are
/// made in the order of the files, so the last is the new one only where all others are. The temporary files
/// that are left then are removed by the next writer.
public enum AtomicSet {
  public struct File: Sendable {
    /// Relative to the set's folder; folders in it are made where they do not exist.
    public var path: String
    public var contents: [UInt8]

    public init(path: String, contents: [UInt8]) {
      self.path = path
      self.contents = contents
    }
  }

  /// Replaces or creates the files.
  ///
  /// - Throws: `FileError`, which names the file and not the temporary one; `escapes` where a folder is a link
  ///   that leads elsewhere: a stranger's folder may come with one.
  public static func write(_ files: [File], in folder: String) throws(FileError) {
    for file in files {
      guard let above = file.path.beforeLastSlash else { continue }
      try AtomicWrite.makeDirectory(ConfinedPath.resolve(String(above), in: folder))
    }
    let paths = files.map { "\(folder)/\($0.path)" }
    // In one order for all, so that no two wait for each other, and by what they are: a link to a folder is
    // locked with it.
    let above = Set(paths.map { PathKey(AtomicWrite.parentDirectory(of: $0)) })
    let folders = Set(above.map { PathKey(canonicalPath($0.text) ?? $0.text) }).sorted()
    var locks: [FileLock] = []
    for folder in folders {
      if let lock = try FileLock.hold(folder: folder.text) { locks.append(lock) }
      AbandonedFiles.remove(in: folder.text, isLocked: true)
    }
    defer { withExtendedLifetime(locks) {} }
    try replace(zip(paths, files).map { Move(to: $0, $1.contents) })
    for folder in folders { AtomicWrite.flushDirectory(folder.text) }
  }

  private struct Move {
    let place: String
    let contents: [UInt8]
    let temporary: String
    /// Where the older file is kept until all are moved.
    let older: String

    init(to place: String, _ contents: [UInt8]) {
      self.place = place
      self.contents = contents
      temporary = AtomicWrite.temporaryPath(beside: place)
      older = AtomicWrite.temporaryPath(beside: place)
    }
  }

  private static func replace(_ moves: [Move]) throws(FileError) {
    AtomicWrite.unfinished.withLock { unfinished in
      for move in moves { unfinished.formUnion([move.temporary, move.older]) }
    }
    defer {
      AtomicWrite.unfinished.withLock { unfinished in
        for move in moves { unfinished.subtract([move.temporary, move.older]) }
      }
    }
    do throws(FileError) {
      for move in moves {
        let file = try OpenFile(creating: move.temporary, for: move.place)
        try AtomicWrite.append(move.contents, to: file.descriptor, path: move.place)
        guard flush(file.descriptor) else { throw lastError("flush", move.place) }
      }
      let failure = AtomicWrite.unfinished.withLock { _ in place(moves) }
      if let failure { throw failure }
    } catch {
      for move in moves { unlink(move.temporary) }
      throw error
    }
  }

  /// - Returns: why not, where nothing has been moved, or it has been moved back.
  private static func place(_ moves: [Move]) -> FileError? {
    var kept: [String] = []
    defer { for path in kept { unlink(path) } }
    var moved: [(move: Move, isNew: Bool)] = []
    for move in moves {
      // Where the file system has no second names, a move that fails leaves those before it as they are.
      let isKept = link(move.place, move.older) == 0
      let isNew = !isKept && errno == ENOENT
      if isKept { kept.append(move.older) }
      guard rename(move.temporary, move.place) != 0 else {
        moved.append((move, isNew))
        continue
      }
      let error = lastError("replace", move.place)
      for (move, isNew) in moved.reversed() where rename(move.older, move.place) != 0 && isNew {
        unlink(move.place)
      }
      return error
    }
    return nil
  }
}
