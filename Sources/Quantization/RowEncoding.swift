internal import Kernels
internal import Synchronization

extension MatrixView {
  /// Rows that the packed formats store together.
  static var rowsPerGroup: Int { 16 }

  /// Groups of 16 rows, the last padded.
  var groups: Int { (rows + 15) / 16 }

  /// Elements after which it is seen whether the task was cancelled: less than a tenth of a second.
  private static var sliceElements: Int { 4 << 20 }

  /// Calls `body` with each group's number and its rows as Float32 [count, columns], on all
  /// threads. Of several errors the one of the first group is thrown; `cancelled` soon after the
  /// task was.
  func forEachGroup(
    _ body: @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws(QuantizationError) -> Void
  ) throws(QuantizationError) {
    let slice = max(1, Self.sliceElements / (Self.rowsPerGroup * max(columns, 1)))
    for start in Swift.stride(from: 0, to: groups, by: slice) {
      if Task.isCancelled { throw .cancelled }
      try forEachGroup(in: start..<min(start + slice, groups), body)
    }
  }

  private func forEachGroup(
    in range: Range<Int>,
    _ body: @Sendable (Int, UnsafeMutableBufferPointer<Float>) throws(QuantizationError) -> Void
  ) throws(QuantizationError) {
    let failure = Mutex<(group: Int, error: QuantizationError)?>(nil)
    withoutActuallyEscaping(body) { body in
      ThreadPool.forEach(range.count) { index in
        let group = range.lowerBound + index
        let first = group * Self.rowsPerGroup
        let rows = first..<min(first + Self.rowsPerGroup, rows)
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: rows.count * columns)
        defer { buffer.deallocate() }
        copy(rows: rows, into: buffer)
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
