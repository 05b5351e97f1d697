public import Diagnostics
public import NotebookLanguage
import SafeFiles

/// Runs the cells of a checked notebook, each after those that it needs.
public struct Runner: Sendable {
  /// What a run tells while it goes on.
  public enum Event: Sendable {
    case started(cell: String, index: Int, count: Int)
    case progress(cell: String, CellProgress)
    /// `state` as the results file has it: `computed`, `cached` or `frozen`.
    case finished(cell: String, seconds: Double, state: String)
    case failed(cell: String)
    /// An entry of the cache was damaged: it was dropped, and what it held is computed again.
    case droppedDamage(String)
    /// The results so far: before the first cell, and after each.
    case results(RunResults)
  }

  public let checked: CheckedNotebook
  /// The notebook's folder: relative paths in it start here.
  public let folder: String
  public let options: RunOptions
  public let onEvent: @Sendable (Event) -> Void

  public init(
    _ checked: CheckedNotebook, folder: String, options: RunOptions = RunOptions(),
    onEvent: @escaping @Sendable (Event) -> Void
  ) {
    self.checked = checked
    self.folder = folder
    self.options = options
    self.onEvent = onEvent
  }

  /// Runs what can be run. A failed cell does not throw: it is a result, and ends the run unless the
  /// notebook says `error: true` for it.
  ///
  /// - Throws: `CancellationError`, or `StaleResults` where frozen results do not fit the notebook.
  public func run() async throws -> RunResults {
    try await ReadableFolders.$current.withValue(options.readable ?? ReadableFolders.current) {
      try await runReading()
    }
  }

  private func runReading() async throws -> RunResults {
    if let frozen = options.frozen {
      let stale = try await status(against: frozen).filter { !$0.isFresh }
      guard stale.isEmpty else { throw StaleResults(cells: stale, path: frozen.path) }
    }
    let execution = Execution(self)
    return try await execution.run()
  }

  /// Which of the notebook's kept values are fresh, and why the others are not; nothing is computed.
  ///
  /// - Throws: `CancellationError`.
  public func status(against committed: CommittedResults?) async throws -> [CellStatus] {
    let examination = Examination(self, committed: committed)
    return try ReadableFolders.$current.withValue(options.readable ?? ReadableFolders.current) {
      try examination.statuses()
    }
  }

  /// What was kept of a value; a damaged entry is dropped, and told of.
  func kept(_ key: ValueKey, of cell: PlannedCell, at address: [String]) -> StoredResult? {
    options.cache?.result(key.hash) {
      let name = ([cell.source.description] + address).joined(separator: "/")
      onEvent(.droppedDamage("the result of \(name)"))
    }
  }

  /// Where a cell's relative paths start: at the folder of the file that it stands in.
  func folder(of cell: PlannedCell) -> String {
    NotebookPath.folder(ofPart: cell.source.folder, in: folder)
  }
}

/// Frozen results that do not fit the notebook any more.
public struct StaleResults: Error, Sendable {
  public let cells: [CellStatus]
  /// Of the results file.
  public let path: String

  /// One for each stale cell.
  public var diagnostics: [Diagnostic] {
    cells.map { cell in
      Diagnostic(
        .staleResults,
        "'\(cell.cell)' of \(path) is stale because \(cell.reasons.joined(separator: ", "))",
        at: cell.span, help: "run without --frozen to compute it anew")
    }
  }
}
