import NotebookLanguage
import NotebookRunner
import Synchronization

/// What happens to the cells, in lines: for `--verbose`.
final class EventLog: Sendable {
  /// 0: nothing. 1: what became of each cell. 2: also when it starts, and each thing that it does.
  private let level: Int
  private let activity = Mutex("")

  init(level: Int) { self.level = level }

  func line(of event: Runner.Event) -> String? {
    guard level > 0 else { return nil }
    switch event {
    case .finished(let cell, let seconds, let state):
      return state == "computed"
        ? "\(cell): computed in \(ProgressLine.duration(seconds))" : "\(cell): \(state)"
    case .failed(let cell): return "\(cell): failed"
    case .droppedDamage, .results: return nil
    case .started(let cell, let index, let count):
      activity.withLock { $0 = "" }
      return level > 1 ? "\(cell): cell \(index + 1) of \(count)" : nil
    case .progress(let cell, let progress):
      let isNew = activity.withLock { last in
        defer { last = progress.activity }
        return last != progress.activity
      }
      return level > 1 && isNew ? "\(cell): \(progress.activity)" : nil
    }
  }
}
