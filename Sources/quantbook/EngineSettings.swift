import ArgumentParser
import Cells
import Foundation

/// What the environment says of threads and instruction sets.
enum EngineSettings {
  /// Applies `QUANTBOOK_KERNELS` and `QUANTBOOK_THREADS`, before anything computes.
  ///
  /// - Throws: `ValidationError` for a name or number that cannot be met.
  static func applyEnvironment() throws {
    let environment = ProcessInfo.processInfo.environment
    if let name = environment["QUANTBOOK_KERNELS"] {
      do { try EngineFacts.selectKernels(named: name) } catch {
        throw ValidationError("QUANTBOOK_KERNELS: \(error)")
      }
    }
    if let text = environment["QUANTBOOK_THREADS"] {
      guard let count = Int(text), (1...256).contains(count) else {
        throw ValidationError("QUANTBOOK_THREADS is a number from 1 to 256, not '\(text)'")
      }
      EngineFacts.setThreadCount(count)
    }
  }
}
