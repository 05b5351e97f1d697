import Dispatch
import Foundation

/// Turns Ctrl-C into the cancellation of a task, so that nothing is left half-written.
enum Interruption {
  /// The value of `body`, whose task is cancelled on SIGINT or SIGTERM. A second Ctrl-C ends the
  /// process at once.
  static func cancelling<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await body() }
    let sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        if task.isCancelled { _exit(130) }
        task.cancel()
      }
      source.resume()
      return source
    }
    defer {
      for source in sources { source.cancel() }
      signal(SIGINT, SIG_DFL)
      signal(SIGTERM, SIG_DFL)
    }
    // Cancelling whoever waits cancels the work as well: a watch loop does so.
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
