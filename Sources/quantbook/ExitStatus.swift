import ArgumentParser
import Diagnostics

/// The exit codes of the command; `EX_USAGE` (64) is swift-argument-parser's own.
enum ExitStatus {
  /// A cell failed.
  static let failed = ExitCode(1)
  /// The notebook does not parse or validate; nothing was run.
  static let invalid = ExitCode(2)
  /// An expectation of the notebook does not hold; the report was written.
  static let unmetExpectation = ExitCode(3)
  /// Committed results do not fit the notebook any more.
  static let stale = ExitCode(4)
  /// A model, a text or the notebook itself is missing.
  static let missing = ExitCode(5)
  /// A cell took longer than it may.
  static let timedOut = ExitCode(124)
  /// Interrupted by Ctrl-C.
  static let interrupted = ExitCode(130)

  /// The code for a run that ended with these failures.
  static func of(_ failures: [Diagnostic]) -> ExitCode {
    if failures.contains(where: { $0.code == .timedOut }) { return timedOut }
    return failures.contains { $0.code.isMissingResource } ? missing : failed
  }
}
