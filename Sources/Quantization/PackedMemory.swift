internal import Kernels

/// Memory of packed weights: tasks fill it, each its own part; afterwards nothing writes to it.
final class PackedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int
  private let memory: LargeMemory

  /// `count` elements, all bits zero, 64-byte aligned. What does not last is better not shared, see
  /// `LargeMemory`.
  ///
  /// - Throws: `QuantizationError.outOfMemory`, as all of these do.
  init(_ count: Int, isShared: Bool = true) throws(QuantizationError) {
    do throws(OutOfMemory) {
      memory = try LargeMemory(byteCount: count * MemoryLayout<Element>.stride, isShared: isShared)
    } catch { throw .outOfMemory(error) }
    start = memory.start.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  convenience init(_ elements: [Element]) throws(QuantizationError) {
    try self.init(elements.count)
    for (index, element) in elements.enumerated() { start[index] = element }
  }

  /// A copy of `bytes`, whose count is a multiple of the element's.
  convenience init(copying bytes: UnsafeRawBufferPointer) throws(QuantizationError) {
    try self.init(bytes.count / MemoryLayout<Element>.stride)
    UnsafeMutableRawBufferPointer(start: start, count: byteCount).copyMemory(from: bytes)
  }

  /// A copy.
  var elements: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Where the elements lie, while this object lives.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: byteCount) }

  var byteCount: Int { count * MemoryLayout<Element>.stride }

  subscript(index: Int) -> Element {
    get { start[index] }
    set { start[index] = newValue }
  }
}
