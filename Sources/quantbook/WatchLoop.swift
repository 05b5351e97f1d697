import ArgumentParser
import Foundation

/// Runs a job again whenever one of its files is saved, until Ctrl-C.
///
/// Files are looked at twenty times a second by their names, so that editors that write another file and
/// rename it are seen as well. A save during a run ends that run: its figures would be of no use.
struct WatchLoop {
  /// What is always watched.
  let path: String
  /// Runs once and gives the further files that it read.
  let runOnce: @Sendable () async throws -> [String]

  private static let interval = Duration.milliseconds(50)

  /// - Throws: `ExitStatus.interrupted` at Ctrl-C.
  func run() async throws {
    do {
      try await Interruption.cancelling { [self] in
        var files: [String] = []
        while true {
          let watched = [path] + files
          let before = Snapshot(of: watched)
          if let read = try await result(until: before) { files = read }
          let now = Snapshot(of: watched)
          if now == before {
            Terminal.write("watching \(path); Ctrl-C ends\n")
            try await change(since: before)
          }
        }
      }
    } catch is CancellationError {
      throw ExitStatus.interrupted
    }
  }

  /// What a run gives; nil where it failed, or was ended because a file changed.
  private func result(until before: Snapshot) async throws -> [String]? {
    let job = Task { try await runOnce() }
    let watcher = Task {
      try await change(since: before)
      job.cancel()
    }
    defer { watcher.cancel() }
    let result = await withTaskCancellationHandler {
      await job.result
    } onCancel: {
      job.cancel()
    }
    try Task.checkCancellation()
    switch result {
    case .success(let files): return files
    case .failure(let error as ExitCode):
      // Ctrl-C reaches the run itself as well.
      if error == ExitStatus.interrupted, Snapshot(of: before.paths) == before { throw error }
      return nil
    case .failure(let error): throw error
    }
  }

  /// Returns when a file is another than before and has come to rest.
  private func change(since before: Snapshot) async throws {
    var last = before
    while true {
      try await Task.sleep(for: Self.interval)
      let now = Snapshot(of: before.paths)
      // A file that is away is being replaced.
      if now.isComplete, now != before, now == last { return }
      last = now
    }
  }

  /// Which files stand at some paths.
  private struct Snapshot: Equatable {
    private struct State: Equatable {
      var inode: UInt64
      var size: Int64
      var modified: Int
      var nanoseconds: Int
    }

    let paths: [String]
    private let states: [State?]

    /// Whether the first file, the notebook, is there.
    var isComplete: Bool { states.first.flatMap(\.self) != nil }

    init(of paths: [String]) {
      self.paths = paths
      states = paths.map { path in
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        #if os(Linux)
          let modified = status.st_mtim
        #else
          let modified = status.st_mtimespec
        #endif
        return State(
          inode: UInt64(status.st_ino), size: Int64(status.st_size), modified: modified.tv_sec,
          nanoseconds: modified.tv_nsec)
      }
    }
  }
}
