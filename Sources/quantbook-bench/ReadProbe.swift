import Kernels

/// Reading of memory that no cache holds, in huge pages, as weights are.
final class ReadProbe {
  private let memory: LargeMemory

  init() throws {
    memory = try LargeMemory(byteCount: 256 << 20)
    // Pages that were never written would all be read from one page of zeros.
    _ = memory.start.initializeMemory(as: Float.self, repeating: 1, count: floats.count)
  }

  private var floats: UnsafeBufferPointer<Float> {
    UnsafeBufferPointer(
      start: memory.start.assumingMemoryBound(to: Float.self), count: memory.byteCount / 4)
  }

  /// Bytes per second, in units of 10⁹, of reading it once on all threads.
  func gigabytes() -> Double {
    Double(memory.byteCount) / seconds { MachineProbe.read(floats) } / 1e9
  }
}
