internal import Kernels
internal import Synchronization

extension MatrixView {
  /// Rows that the packed formats store together.
  static var rowsPerGroup: Int { 16 }

  /// Groups of 16 rows, the last padded.
  var groups: Int { (rows + 15) / 16 }

  /// Calls `body` with each group's number and its rows as Float32 [count, columns], on all
  /// threads. Of several errors the one of the first group is thrown.
  func forEachGroup(
    _ body: @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws(QuantizationError) -> Void
  ) throws(QuantizationError) {
    let failure = Mutex<(group: Int, error: QuantizationError)?>(nil)
    withoutActuallyEscaping(body) { body in
      ThreadPool.forEach(groups) { group in
        let first = group * Self.rowsPerGroup
        let range = first..<min(first + Self.rowsPerGroup, rows)
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: range.count * columns)
        defer { buffer.deallocate() }
        copy(rows: range, into: buffer)
        do throws(QuantizationError) {
          if let index = Encoding.firstNonFinite(UnsafeBufferPointer(buffer)) {
            throw .nonFiniteWeight(tensor: name, index: first * columns + index)
          }
          try body(group, buffer)
        } catch {
          failure.withLock { worst in
            if worst.map({ group < $0.group }) ?? true { worst = (group, error) }
          }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure.error }
  }
}

/// Memory of packed weights: tasks fill it, each its own part; afterwards nothing writes to it.
final class PackedMemory<Element: BitwiseCopyable>: @unchecked Sendable {
  let start: UnsafeMutablePointer<Element>
  let count: Int
  private let memory: LargeMemory

  /// `count` elements, all bits zero, 64-byte aligned. What does not last is better not shared, see
  /// `LargeMemory`.
  init(_ count: Int, isShared: Bool = true) {
    memory = LargeMemory(byteCount: count * MemoryLayout<Element>.stride, isShared: isShared)
    start = memory.start.bindMemory(to: Element.self, capacity: count)
    self.count = count
  }

  convenience init(_ elements: [Element]) {
    self.init(elements.count)
    for (index, element) in elements.enumerated() { start[index] = element }
  }

  /// A copy.
  var elements: [Element] { Array(UnsafeBufferPointer(start: start, count: count)) }

  var byteCount: Int { count * MemoryLayout<Element>.stride }

  subscript(index: Int) -> Element {
    get { start[index] }
    set { start[index] = newValue }
  }
}
