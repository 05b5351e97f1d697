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
