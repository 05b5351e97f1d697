import ArgumentParser
import Cells
import Foundation

/// Threads and instruction sets, by options or by the environment.
struct EngineSettings: ParsableArguments {
  static let threadLimit = 1...256

  @Option(
    help: ArgumentHelp(
      "Threads that compute; all cores unless given, or QUANTBOOK_THREADS.", valueName: "number"))
  var threads: Int?

  func validate() throws {
    guard threads.map(Self.threadLimit.contains) ?? true else {
      throw ValidationError("--threads is a number from 1 to 256")
    }
  }

  /// Applies the options, and what they leave open by the environment, before anything computes.
  ///
  /// - Throws: `ExitStatus.wrongUse` for a name or number of the environment that cannot be met, which has been
  ///   told.
  func apply(_ diagnostics: DiagnosticOptions) throws {
    do { try Self.applyEnvironment(withThreads: threads == nil) } catch {
      diagnostics.complain("\(error)")
      throw ExitStatus.wrong
    }
    if let threads { EngineFacts.setThreadCount(threads) }
  }

  /// Applies `QUANTBOOK_KERNELS` and `QUANTBOOK_THREADS`.
  ///
  /// - Throws: `WrongVariable` for a name or number that cannot be met.
  static func applyEnvironment(withThreads: Bool = true) throws {
    let environment = ProcessInfo.processInfo.environment
    if let name = environment["QUANTBOOK_KERNELS"] {
      do { try EngineFacts.selectKernels(named: name) } catch {
        throw WrongVariable(description: "QUANTBOOK_KERNELS: \(error)")
      }
    }
    if withThreads, let text = environment["QUANTBOOK_THREADS"] {
      guard let count = Int(text), threadLimit.contains(count) else {
        throw WrongVariable(
          description: "QUANTBOOK_THREADS is a number from 1 to 256, not '\(text)'")
      }
      EngineFacts.setThreadCount(count)
    }
  }
}

/// A variable of the environment that means nothing; a sentence without a full stop.
struct WrongVariable: Error, CustomStringConvertible {
  var description: String
}
