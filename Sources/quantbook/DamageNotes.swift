import NotebookRunner
import Synchronization

/// Tells on standard error of damaged entries of the cache: of the first few each, of the rest how many
/// they are.
final class DamageNotes: Sendable {
  private static let mostTold = 5
  private let count = Mutex(0)
  private let diagnostics: DiagnosticOptions
  private let makeRoom: @Sendable () -> Void

  /// - Parameter makeRoom: is called before a line is written.
  init(_ diagnostics: DiagnosticOptions, makeRoom: @escaping @Sendable () -> Void = {}) {
    self.diagnostics = diagnostics
    self.makeRoom = makeRoom
  }

  func handle(_ event: Runner.Event) {
    if case .droppedDamage(let subject) = event { note(subject) }
  }

  /// - Parameter subject: what the entry held, such as `the result of nf4-q`.
  func note(_ subject: String) {
    let number = count.withLock { count in
      count += 1
      return count
    }
    guard number <= Self.mostTold else { return }
    makeRoom()
    diagnostics.remark(
      "the cache's entry for \(subject) was damaged and dropped; it is computed again")
  }

  /// Says how many were not told of.
  func finish() {
    let more = count.withLock { $0 } - Self.mostTold
    if more > 0 { diagnostics.remark("\(more) more damaged entries of the cache were dropped") }
  }
}
