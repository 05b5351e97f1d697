/// Float32 elements outside of any array, 64-byte aligned: written once, then shared.
final class TensorMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it.

  let elements: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
    elements = UnsafeMutableBufferPointer(
      start: bytes.baseAddress?.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { UnsafeMutableRawPointer(elements.baseAddress)?.deallocate() }
}
