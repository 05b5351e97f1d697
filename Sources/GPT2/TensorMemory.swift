import Kernels

/// Float32 elements outside of any array, 64-byte aligned: written once, then shared.
final class TensorMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it.

  let elements: UnsafeMutableBufferPointer<Float>
  private let memory: LargeMemory

  init(count: Int) throws(OutOfMemory) {
    memory = try LargeMemory(byteCount: count * MemoryLayout<Float>.stride, isShared: true)
    elements = UnsafeMutableBufferPointer(
      start: memory.start.bindMemory(to: Float.self, capacity: count), count: count)
  }
}
