import Diagnostics
import NotebookLanguage

/// Ends work that takes longer than it may.
enum TimeLimit {
  /// The value of `body`, which is cancelled when the time is over.
  ///
  /// - Throws: `timedOut` then, and what `body` throws.
  static func run<Result: Sendable>(
    _ limit: TimeSpan?, at cell: CellSource,
    _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    guard let limit else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: .seconds(limit.seconds))
        return nil
      }
      defer { group.cancelAll() }
      // The first to end decides.
      if let result = try await group.next(), let result { return result }
      throw Diagnostic(
        .timedOut, "\(cell.description) took longer than \(text(limit.seconds))",
        at: cell.kindSpan, help: "give it more time with '#| timeout: 30m' or --timeout")
    }
  }

  private static func text(_ seconds: Double) -> String {
    seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
