import Kernels

/// The best rates of the machine, measured between the benchmarks of one run: on shared machines
/// they change within seconds.
struct MachineLimits: Encodable {
  /// 2 × multiply-adds per second, in units of 10⁹.
  private(set) var gigaflops = 0.0
  /// Bytes read per second from memory that no cache holds, in units of 10⁹.
  private(set) var gigabytes = 0.0

  /// Measures again and keeps the best.
  mutating func measure(memory: UnsafeBufferPointer<Float>) {
    var operations = 0.0
    for _ in 0..<3 {
      let time = seconds { operations = MachineProbe.multiplyAdds(iterations: 2_000_000) }
      gigaflops = max(gigaflops, 2 * operations / time / 1e9)
      let readTime = seconds { MachineProbe.read(memory) }
      gigabytes = max(gigabytes, Double(memory.count * 4) / readTime / 1e9)
    }
  }
}
