import Kernels

/// The best rates of the machine, measured between the benchmarks of one run: on shared machines
/// they change within seconds.
final class MachineLimits {
  /// The best so far.
  private(set) var best = Rates()
  /// In huge pages, as weights are; more than any cache holds.
  private let memory = LargeMemory(byteCount: 256 << 20)

  struct Rates: Encodable {
    /// 2 × multiply-adds per second, in units of 10⁹.
    var gigaflops = 0.0
    /// Bytes read per second from memory that no cache holds, in units of 10⁹.
    var gigabytes = 0.0
  }

  init() {
    // Pages that were never written would all be read from one page of zeros.
    _ = memory.start.initializeMemory(as: Float.self, repeating: 1, count: floats.count)
  }

  private var floats: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(
      start: memory.start.assumingMemoryBound(to: Float.self), count: memory.byteCount / 4)
  }

  /// Measures again and keeps the best.
  func measure() {
    var operations = 0.0
    for _ in 0..<3 {
      let time = seconds { operations = MachineProbe.multiplyAdds(iterations: 2_000_000) }
      best.gigaflops = max(best.gigaflops, 2 * operations / time / 1e9)
      let readTime = seconds { MachineProbe.read(floats) }
      best.gigabytes = max(best.gigabytes, Double(memory.byteCount) / readTime / 1e9)
    }
  }
}
