import Kernels
import Quantization

extension MatrixView {
  /// A copy in Float32, in the order of the file, made on all threads.
  func widened() throws(QuantizationError) -> Float32Matrix {
    let source = orientation == .outIn ? self : transposed
    let memory = try TensorMemory.weights(count: rows * columns)
    let blockRows = 64
    ThreadPool.forEach((source.rows + blockRows - 1) / blockRows) { block in
      let range = block * blockRows..<min((block + 1) * blockRows, source.rows)
      let elements = range.lowerBound * source.columns..<range.upperBound * source.columns
      source.copy(
        rows: range, into: UnsafeMutableBufferPointer(rebasing: memory.elements[elements]))
    }
    return Float32Matrix(
      borrowing: UnsafeBufferPointer(memory.elements), rows: rows, columns: columns,
      orientation: orientation, owner: memory)
  }

  /// All elements as Float32, [rows, columns].
  func decoded() -> [Float] {
    [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
      copy(rows: 0..<rows, into: buffer)
      count = rows * columns
    }
  }
}
