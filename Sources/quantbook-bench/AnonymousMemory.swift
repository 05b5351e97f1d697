import Dispatch
import Foundation
import Synchronization

/// The process's anonymous memory, as Linux counts it: what is resident and no page of a file.
enum AnonymousMemory {
  /// Bytes at the highest while `body` ran; nil where the system does not tell.
  ///
  /// The kernel keeps no such mark, so a thread looks every half millisecond, and at both ends.
  static func peak(during body: () throws -> Void) rethrows -> Int? {
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

  private static func note(in highest: borrowing Mutex<Int?>) {
    guard let now = current else { return }
    highest.withLock { $0 = max($0 ?? 0, now) }
  }

  /// Resident pages less those of files and shared memory: fields 2 and 3 of `statm`.
  private static var current: Int? {
    guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else {
      return nil
    }
    let fields = text.split(separator: " ").compactMap { Int($0) }
    return fields.count > 2 ? (fields[1] - fields[2]) * Int(sysconf(Int32(_SC_PAGESIZE))) : nil
  }
}
