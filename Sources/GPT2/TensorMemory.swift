import Kernels
import Quantization

/// Float32 elements outside of any array, 64-byte aligned: written once, then shared.
final class TensorMemory: @unchecked Sendable {
  // @unchecked: whoever makes one fills it before anybody else sees it.

  let elements: UnsafeMutableBufferPointer<Float>
  private let memory: LargeMemory

  /// - Parameter isShared: whether it lasts, see `LargeMemory`.
  init(count: Int, isShared: Bool = true) throws(OutOfMemory) {
    memory = try LargeMemory(byteCount: count * MemoryLayout<Float>.stride, isShared: isShared)
    elements = UnsafeMutableBufferPointer(
      start: memory.start.bindMemory(to: Float.self, capacity: count), count: count)
  }

  /// With the error that matrices have for it.
  static func weights(
    count: Int, isShared: Bool = true
  ) throws(QuantizationError) -> TensorMemory {
    do throws(OutOfMemory) { return try TensorMemory(count: count, isShared: isShared) } catch {
      throw .outOfMemory(error)
    }
  }
}
