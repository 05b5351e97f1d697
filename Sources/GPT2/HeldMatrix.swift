import Kernels
import ModelFiles
import Quantization
import SafeFiles

/// A matrix of a file as a model holds it.
struct HeldMatrix {
  let matrix: any WeightMatrix
  /// The elements in the file, for quantizing them.
  let view: MatrixView

  /// Borrows the elements from the mapped file if they are Float32 and aligned, and Float32 is
  /// asked for; else copies them.
  init(
    _ tensor: TensorDescription, _ found: ModelWeights.Tensor, fileFormat: FloatFormat,
    as format: FloatFormat
  ) throws(QuantizationError) {
    view = tensor.view(found.bytes, format: fileFormat, owner: found.file)
    guard format == .float32 else {
      matrix = try view.held(as: format)
      return
    }
    let isAligned =
      UInt(bitPattern: found.bytes.baseAddress) % UInt(MemoryLayout<Float>.alignment) == 0
    if fileFormat == .float32, isAligned {
      matrix = tensor.float32Matrix(
        found.bytes.assumingMemoryBound(to: Float.self), owner: found.file)
    } else {
      let memory = TensorMemory(count: tensor.elementCount)
      Self.widen(found, fileFormat, tensor.shape, into: memory)
      matrix = tensor.float32Matrix(UnsafeBufferPointer(memory.elements), owner: memory)
    }
  }

  /// Converts all elements to Float32, in the order of the file, on all threads.
  private static func widen(
    _ found: ModelWeights.Tensor, _ format: FloatFormat, _ shape: [Int], into memory: TensorMemory
  ) {
    let (rows, columns) = (shape[0], shape[1])
    let source = MatrixView(
      found.bytes, rows: rows, columns: columns, orientation: .outIn, format: format,
      owner: found.file)
    let blockRows = 64
    ThreadPool.forEach((rows + blockRows - 1) / blockRows) { block in
      let range = block * blockRows..<min((block + 1) * blockRows, rows)
      source.copy(
        rows: range,
        into: UnsafeMutableBufferPointer(
          rebasing: memory.elements[range.lowerBound * columns..<range.upperBound * columns]))
    }
  }
}

extension MatrixView {
  /// A copy in `format`.
  fileprivate func held(as format: FloatFormat) throws(QuantizationError) -> any WeightMatrix {
    switch format {
    case .float32: Float32Matrix(decoded(), rows: rows, columns: columns)
    case .float16: try Float16Matrix(self)
    case .bfloat16: try BFloat16Matrix(self)
    }
  }
}
