import Diagnostics
import NotebookLanguage
import NotebookRunner
import Synchronization

/// Tells the page how far a run is.
final class PreviewProgress: Sendable {
  private let events: EventHub
  private let onResults: @Sendable (RunResults) -> Void
  private let lastTold = Mutex(ContinuousClock.now - .seconds(1))

  /// - Parameters:
  ///   - count: of cells.
  ///   - onResults: is given the results so far.
  init(
    count: Int, events: EventHub, onResults: @escaping @Sendable (RunResults) -> Void
  ) {
    self.events = events
    self.onResults = onResults
    status("running \(count) cells")
  }

  func handle(_ event: Runner.Event) {
    switch event {
    case .results(let results): onResults(results)
    case .started(let cell, let index, let count):
      status("running \(cell), cell \(index + 1) of \(count)")
      tell(cell, "running")
    case .progress(let cell, let progress):
      let isDue = lastTold.withLock { last in
        let now = ContinuousClock.now
        guard now - last >= .milliseconds(100) else { return false }
        last = now
        return true
      }
      guard isDue else { return }
      let amount =
        progress.total > 0 ? " · \(progress.completed) of \(progress.total) \(progress.unit)" : ""
      tell(cell, progress.activity + amount)
    case .finished: events.publish(.cell, ["cell": .null, "text": .null])
    case .droppedDamage: break
    case .failed(let cell):
      events.publish(.cell, ["cell": .null, "text": .null])
      status("\(cell) failed; running the others")
    }
  }

  /// The run is over.
  func end() {
    events.publish(.cell, ["cell": .null, "text": .null])
  }

  private func status(_ text: String) {
    events.publish(.status, ["state": "running", "text": .string(text)])
  }

  private func tell(_ cell: String, _ text: String) {
    events.publish(.cell, ["cell": .string(cell), "text": .string(text)])
  }
}
