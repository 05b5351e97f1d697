import ArgumentParser
import Foundation
import Kernels

/// Threads and instruction sets of a benchmark, by options or by the environment.
struct KernelSettings: ParsableArguments {
  @Option(help: "Instruction set: baseline, avx2, avx512; QUANTBOOK_KERNELS has the same effect.")
  var kernels: String?
  @Option(help: "Threads; all cores unless given, or QUANTBOOK_THREADS.")
  var threads: Int?

  /// - Throws: `ValidationError` for what cannot be met.
  func apply() throws {
    let environment = ProcessInfo.processInfo.environment
    // QB_PEERS_ISA is how bench.py asks for it.
    if let name = kernels ?? environment["QUANTBOOK_KERNELS"] ?? environment["QB_PEERS_ISA"] {
      do { try KernelPath.select(named: name) } catch { throw ValidationError("\(error)") }
    }
    if let text = threads.map(String.init) ?? environment["QUANTBOOK_THREADS"] {
      guard let count = Int(text), (1...256).contains(count) else {
        throw ValidationError("threads are a number from 1 to 256, not '\(text)'")
      }
      ThreadPool.setThreadCount(count)
    }
  }
}
