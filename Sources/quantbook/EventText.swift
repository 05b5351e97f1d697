import NotebookRunner

/// What happened to a cell, in a line: for `--verbose`.
enum EventText {
  static func line(of event: Runner.Event) -> String? {
    switch event {
    case .finished(let cell, let seconds, let state):
      state == "computed"
        ? "\(cell): computed in \(ProgressLine.duration(seconds))" : "\(cell): \(state)"
    case .failed(let cell): "\(cell): failed"
    case .started, .progress, .droppedDamage: nil
    }
  }
}
