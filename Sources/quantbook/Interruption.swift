import ArgumentParser
import Dispatch
import Foundation
import SafeFiles
import Synchronization

/// Ends a command on Ctrl-C, SIGTERM or SIGHUP, when its terminal is closed, within a second and tidily: no file
/// is left half-written, and the exit status is 130, or 129 for SIGHUP.
enum Interruption {
  /// The value of `body`, whose task is cancelled by a signal. It should then end with
  /// `CancellationError`; if the process is there after nine tenths of a second, or the signal comes
  /// again, it ends without that, and says so in `form`. After `body` a signal ends the process at
  /// once.
  static func cancelling<Value: Sendable>(
    _ form: DiagnosticOptions.Form, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    watch(form)
    let task = Task { try await body() }
    let number = register { task.cancel() }
    defer { state.withLock { $0.cancels[number] = nil } }
    // Cancelling whoever waits cancels the work as well: a watch loop does so.
    return try await withTaskCancellationHandler {
      try await task.value
    } onCancel: {
      task.cancel()
    }
  }

  /// Has a signal end the process from now on, at once where nothing is cancelled by it: for who says that he is
  /// there before he begins.
  static func watch(_ form: DiagnosticOptions.Form) {
    state.withLock { state in
      state.form = form
      if state.sources.isEmpty { state.sources = signals.map(source) }
    }
  }

  /// As `cancelling`, for commands that leave nothing behind: it says that they were interrupted.
  ///
  /// - Throws: `ExitStatus.interrupted` after a signal.
  static func ending<Value: Sendable>(
    _ form: DiagnosticOptions.Form, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    do { return try await cancelling(form, body) } catch is CancellationError {
      form.tell("interrupted")
      throw ExitStatus.interrupted
    }
  }

  /// How the command ends because of the signal that came.
  static var status: ExitStatus { state.withLock(\.status) }

  /// SIGHUP only where nobody had it ignored, as `nohup` does.
  private static var signals: [Int32] {
    let before = signal(SIGHUP, SIG_DFL)
    guard unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) else {
      return [SIGINT, SIGTERM, SIGHUP]
    }
    signal(SIGHUP, SIG_IGN)
    return [SIGINT, SIGTERM]
  }

  private struct State {
    var status = ExitStatus.userInterrupted
    /// What cancels the tasks that a signal is to end, by a number of each.
    var cancels: [Int: @Sendable () -> Void] = [:]
    var count = 0
    var isEnding = false
    var form = DiagnosticOptions.Form.text
    var sources: [any DispatchSourceSignal] = []
  }

  private static let state = Mutex(State())
  /// A thread of its own: those that compute may all be busy.
  private static let queue = DispatchQueue(label: "interruption", qos: .userInteractive)

  private static func register(_ cancel: @escaping @Sendable () -> Void) -> Int {
    state.withLock { state in
      state.count += 1
      state.cancels[state.count] = cancel
      return state.count
    }
  }

  /// Comes back once the signal is watched for: until then it ends the process, as it does any other.
  private static func source(_ number: Int32) -> any DispatchSourceSignal {
    // Elsewhere the source has a handler of its own, and what came before it was there would be lost.
    #if canImport(Darwin)
      signal(number, SIG_IGN)
    #endif
    let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
    let isWatched = DispatchSemaphore(value: 0)
    source.setRegistrationHandler { isWatched.signal() }
    source.setEventHandler { handle(number) }
    source.resume()
    isWatched.wait()
    return source
  }

  private static func handle(_ number: Int32) {
    let cancels = state.withLock { state in
      if number == SIGHUP { state.status = .terminalClosed }
      defer { state.isEnding = true }
      return state.isEnding ? [] : Array(state.cancels.values)
    }
    guard !cancels.isEmpty else { endProcess() }
    for cancel in cancels { cancel() }
    queue.asyncAfter(deadline: .now() + .milliseconds(900)) { endProcess() }
  }

  private static func endProcess() -> Never {
    AtomicWrite.endProcess {
      Terminal.beginLine()
      state.withLock { $0.form }.tell("interrupted")
      _exit(ExitStatus.interrupted.rawValue)
    }
  }
}
