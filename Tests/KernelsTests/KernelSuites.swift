import Testing

@testable import Kernels

/// All suites that force a kernel path or a number of threads, which are global: one at a time.
@Suite(.serialized) enum KernelSuites {}

/// Runs `body` on one path, and puts the processor's own back.
func on(_ path: KernelPath, _ body: () throws -> Void) throws {
  let before = KernelPath.active
  try path.select()
  defer { try? before.select() }
  try body()
}
