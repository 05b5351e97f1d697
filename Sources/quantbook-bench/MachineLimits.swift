import Kernels

/// The best rates of the machine, measured between the benchmarks of one run: on shared machines
/// they change within seconds.
final class MachineLimits {
  /// The best so far.
  private(set) var best = Rates()
  private let reading: ReadProbe

  struct Rates: Encodable {
    /// 2 × multiply-adds per second, in units of 10⁹.
    var gigaflops = 0.0
    /// Bytes read per second from memory that no cache holds, in units of 10⁹.
    var gigabytes = 0.0
  }

  init() throws { reading = try ReadProbe() }

  /// Measures again and keeps the best.
  func measure() {
    var operations = 0.0
    for _ in 0..<3 {
      let time = seconds { operations = MachineProbe.multiplyAdds(iterations: 2_000_000) }
      best.gigaflops = max(best.gigaflops, 2 * operations / time / 1e9)
      best.gigabytes = max(best.gigabytes, reading.gigabytes())
    }
  }
}
