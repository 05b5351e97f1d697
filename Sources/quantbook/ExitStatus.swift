import ArgumentParser
import Diagnostics

/// How the command ends.
enum ExitStatus: Int32, CaseIterable {
  case done = 0
  case cellFailed = 1
  case notebookInvalid = 2
  case expectationUnmet = 3
  case resultsStale = 4
  case resourceMissing = 5
  /// swift-argument-parser's own, `EX_USAGE`.
  case wrongUse = 64
  /// As `timeout` of GNU ends.
  case cellTimedOut = 124
  /// As shells give for SIGHUP.
  case terminalClosed = 129
  /// As shells give for an interrupt.
  case userInterrupted = 130

  /// What a user is told of it, in a sentence.
  var meaning: String {
    switch self {
    case .done:
      "Done: what was asked for is there, with the failures in it that #| error: true allows."
    case .cellFailed:
      "A cell failed, a report or results file could not be read or written, or doctor found a problem. "
        + "Earlier reports are left as they were; the report so far is in NAME.failed.html."
    case .notebookInvalid: "The notebook or a file of parameters has mistakes; nothing was run."
    case .expectationUnmet:
      "An expect cell does not hold (the report is written), or verify or diff --exit-code found a "
        + "difference."
    case .resultsStale: "Committed results are stale: run --frozen, or status --exit-code."
    case .resourceMissing:
      "A model, a text, a results file, the notebook itself, memory, or Chromium for a PDF is missing."
    case .wrongUse: "The command was called in a way that it does not know."
    case .cellTimedOut: "A cell took longer than its timeout."
    case .terminalClosed: "The terminal was closed (SIGHUP); what was computed is kept."
    case .userInterrupted: "Interrupted by Ctrl-C or SIGTERM; what was computed is kept."
    }
  }

  static let failed = cellFailed.code
  static let invalid = notebookInvalid.code
  static let unmetExpectation = expectationUnmet.code
  static let stale = resultsStale.code
  static let missing = resourceMissing.code
  static let wrong = wrongUse.code
  static let timedOut = cellTimedOut.code
  /// By the signal that came.
  static var interrupted: ExitCode { Interruption.status.code }

  private var code: ExitCode { ExitCode(rawValue) }

  /// The code for a run that ended with these failures.
  static func of(_ failures: [Diagnostic]) -> ExitCode {
    if failures.contains(where: { $0.code == .timedOut }) { return timedOut }
    return failures.contains { $0.code.isMissingResource } ? missing : failed
  }
}
