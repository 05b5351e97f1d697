#if canImport(Glibc)
  import Glibc
#endif

/// Float32 elements outside of any array, 64-byte aligned: written once, then shared.
final class TensorMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it.

  private static let hugePage = 2 << 20

  let elements: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let byteCount = max(count, 1) * MemoryLayout<Float>.stride
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: byteCount, alignment: byteCount < Self.hugePage ? 64 : Self.hugePage)
    #if canImport(Glibc)
      // Whole huge pages only, so that no more memory is taken; a system without them says no.
      if byteCount >= Self.hugePage {
        madvise(bytes.baseAddress, byteCount / Self.hugePage * Self.hugePage, MADV_HUGEPAGE)
      }
    #endif
    elements = UnsafeMutableBufferPointer(
      start: bytes.baseAddress?.bindMemory(to: Float.self, capacity: count), count: count)
  }

  deinit { UnsafeMutableRawPointer(elements.baseAddress)?.deallocate() }
}
