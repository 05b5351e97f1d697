import Kernels
import Quantization

extension MatrixView {
  /// The matrix as a model holds it. Borrows the elements if they are Float32 and aligned, and Float32
  /// is asked for; else copies them.
  func held(as format: FloatFormat) throws(QuantizationError) -> any WeightMatrix {
    switch format {
    case .float32:
      if let borrowed = borrowed() { borrowed } else { try widened() }
    case .float16: try Float16Matrix(self)
    case .bfloat16: try BFloat16Matrix(self)
    }
  }

  /// A copy in Float32, in the order of the file, made on all threads.
  private func widened() throws(QuantizationError) -> Float32Matrix {
    let source = orientation == .outIn ? self : transposed
    let memory: TensorMemory
    do throws(OutOfMemory) { memory = try TensorMemory(count: rows * columns) } catch {
      throw .outOfMemory(error)
    }
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
