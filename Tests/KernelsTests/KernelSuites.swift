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

/// Reproducible numbers in -1 ..< 1 (SplitMix64).
struct Numbers {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Float {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float(Int64(bitPattern: z ^ (z >> 31)) >> 40) / Float(1 << 23)
  }

  mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
