import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Synchronization

/// One line on a terminal that says what is being done, how far, how fast, and how long it will
/// take; nothing where standard error is no terminal.
final class ProgressLine: Sendable {
  private struct State {
    var position = ""
    var cell = ""
    var activity = ""
    var activityStart = ContinuousClock.now
    var lastShown: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  private let isShown: Bool
  private let subject: String

  /// - Parameters:
  ///   - isShown: whether it is shown where standard error is a terminal.
  ///   - subject: what the cells belong to, where that is not the only notebook.
  init(isShown: Bool, subject: String = "") {
    self.isShown = isShown && Terminal.isInteractive
    self.subject = subject.isEmpty ? "" : subject + " · "
  }

  func handle(_ event: Runner.Event) {
    guard isShown else { return }
    switch event {
    case .started(let cell, let index, let count):
      state.withLock {
        $0.position = "[\(index + 1)/\(count)]"
        $0.cell = cell
        $0.activity = ""
        $0.lastShown = nil
        show("\($0.position) \(cell)")
      }
    case .progress(_, let progress): update(progress)
    case .finished(let cell, let seconds, let outcome):
      let end = outcome == "computed" ? Self.duration(seconds) : outcome
      state.withLock { show("\($0.position) \(cell) · \(end)") }
    case .failed(let cell):
      state.withLock { show("\($0.position) \(cell) · failed") }
      clear()
    case .droppedDamage, .results: break
    }
  }

  /// Takes the line away, so that messages start at the margin.
  func clear() {
    if isShown { Terminal.beginLine() }
  }

  /// Shows how far the cell is, or a command that has none.
  func update(_ progress: CellProgress) {
    guard isShown else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if progress.activity != state.activity {
        state.activity = progress.activity
        state.activityStart = now
        state.lastShown = nil
      }
      // Ten times a second is enough for the eye.
      if let last = state.lastShown, now - last < .milliseconds(100),
        progress.completed < progress.total
      {
        return
      }
      state.lastShown = now
      var text = state.cell.isEmpty ? "" : "\(state.position) \(state.cell) · "
      text += progress.activity
      if progress.total > 0 {
        text += " · \(progress.completed)/\(progress.total) \(progress.unit)"
      }
      let elapsed = (now - state.activityStart) / .seconds(1)
      if progress.completed > 0, elapsed > 0.2 {
        let rate = Double(progress.completed) / elapsed
        text += String(format: " · %.1f/s", rate)
        if progress.total > progress.completed {
          let left = Double(progress.total - progress.completed) / rate
          text += " · \(Self.duration(left)) left"
        }
      }
      show(text)
    }
  }

  private func show(_ text: String) {
    let line = (subject + text).onOneLine
    Terminal.replaceLine(with: String(line.prefix(Terminal.columns - 1)))
  }

  static func duration(_ seconds: Double) -> String {
    seconds < 60
      ? String(format: "%.1f s", seconds)
      : String(format: "%d:%02d min", Int(seconds) / 60, Int(seconds) % 60)
  }
}
