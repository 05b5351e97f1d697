internal import CKernels

/// What this machine can do at best on the active path and with all threads, for benchmarks.
public enum MachineProbe {
  /// Multiply-adds of independent registers: runs `iterations` rounds, returns how many there were.
  public static func multiplyAdds(iterations: Int) -> Double { qb_probe_multiply_add(iterations) }

  /// Reads memory once.
  public static func read(_ memory: UnsafeBufferPointer<Float>) {
    qb_probe_read(memory.baseAddress, memory.count)
  }
}
