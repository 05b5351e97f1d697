import Dispatch
import Foundation
import Synchronization

/// The process's memory as Linux counts it.
struct ProcessMemory {
  /// Resident and no page of a file: what only this process can give back.
  var anonymous = 0
  /// Resident pages of files, libraries among them, and shared memory: the system drops those of files
  /// when it needs room.
  var mapped = 0

  /// Bytes at the highest while `body` ran, each by itself; nil where the system does not tell.
  ///
  /// The kernel keeps no such marks, so a thread looks every half millisecond, and at both ends.
  static func peak(during body: () throws -> Void) rethrows -> Self? {
    let highest = Mutex(current)
    let isDone = Mutex(false)
    let end = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      while !isDone.withLock({ $0 }) {
        note(in: highest)
        usleep(500)
      }
      end.signal()
    }
    defer {
      isDone.withLock { $0 = true }
      end.wait()
    }
    try body()
    note(in: highest)
    return highest.withLock { $0 }
  }

  private static func note(in highest: borrowing Mutex<Self?>) {
    guard let now = current else { return }
    highest.withLock { peak in
      peak = Self(
        anonymous: max(peak?.anonymous ?? 0, now.anonymous),
        mapped: max(peak?.mapped ?? 0, now.mapped))
    }
  }

  /// By fields 2 and 3 of `statm`: resident pages, and those of them of files and shared memory.
  private static var current: Self? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let fields = text.split(separator: " ").compactMap { Int($0) }
    guard fields.count > 2 else { return nil }
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    return Self(anonymous: (fields[1] - fields[2]) * page, mapped: fields[2] * page)
  }
}
