import Kernels

/// Float32 elements outside of any array, 64-byte aligned: written once, then shared.
final class TensorMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it.

  let elements: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let bytes = Allocator.weights(byteCount: count * MemoryLayout<Float>.stride)
    elements = UnsafeMutableBufferPointer(
      start: bytes.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { elements.deallocate() }
}
