import ArgumentParser
import Foundation

/// Runs a job again whenever one of its files is saved, until Ctrl-C.
///
/// Files are looked at twenty times a second by their names, so that editors that write another file and
/// rename it are seen as well. A save during a run ends that run: its figures would be of no use.
struct WatchLoop {
  /// The notebook.
  let path: String
  let files: WatchedFiles
  let diagnostics: DiagnosticOptions
  /// Runs once, and tells of the files that it reads as soon as it knows them.
  let runOnce: @Sendable (_ reads: @escaping @Sendable ([String]) -> Void) async throws -> Void

  /// Is called when the notebook has been away for longer than saving it takes.
  var onGone: @Sendable () -> Void = {}

  private static let interval = Duration.milliseconds(50)
  /// Looks in a row without a notebook after which it is gone.
  private static let patience = 20

  /// - Throws: `ExitStatus.interrupted` at Ctrl-C.
  func run() async throws {
    do {
      try await Interruption.cancelling(diagnostics.form) { [self] in
        while true {
          files.settle()
          try await runOnce(while: files)
          if !files.haveChanged { diagnostics.tell("watching \(path); Ctrl-C ends") }
          try await change(of: files)
        }
      }
    } catch is CancellationError {
      throw ExitStatus.interrupted
    }
  }

  /// One run, which ends early where a file changes. Its mistakes have been shown.
  private func runOnce(while files: WatchedFiles) async throws {
    let job = Task { try await runOnce { files.add($0) } }
    let watcher = Task {
      try await change(of: files)
      job.cancel()
    }
    defer { watcher.cancel() }
    let result = await withTaskCancellationHandler {
      await job.result
    } onCancel: {
      job.cancel()
    }
    try Task.checkCancellation()
    guard case .failure(let error) = result else { return }
    guard let status = error as? ExitCode else { throw error }
    // Ctrl-C reaches the run itself as well.
    if status == ExitStatus.interrupted, !files.haveChanged { throw status }
  }

  /// Returns when a file is another than before and has come to rest.
  private func change(of files: WatchedFiles) async throws {
    var misses = 0
    while !files.haveChangedAndRest {
      try await Task.sleep(for: Self.interval)
      misses = files.hasNotebook ? 0 : misses + 1
      guard misses == Self.patience else { continue }
      // Its return counts as a change, even where it is the same file as before.
      files.markChanged()
      diagnostics.tell("\(path) is gone; it is run again when it is back")
      onGone()
    }
  }
}
