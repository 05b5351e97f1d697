import Kernels
import ModelFiles
import Quantization
import SafeFiles

/// A matrix of a file as a model holds it.
struct HeldMatrix {
  let matrix: any WeightMatrix
  /// The same elements, for quantizing them.
  let view: MatrixView

  /// Borrows the elements from the mapped file if they are Float32 and aligned; else copies them as
  /// Float32.
  init(_ tensor: TensorDescription, _ found: ModelWeights.Tensor, fileFormat: FloatFormat) {
    let alignment = MemoryLayout<Float>.alignment
    let elements: UnsafeBufferPointer<Float>
    let owner: any AnyObject & Sendable
    if fileFormat == .float32, UInt(bitPattern: found.bytes.baseAddress) % UInt(alignment) == 0 {
      elements = found.bytes.assumingMemoryBound(to: Float.self)
      owner = found.file
    } else {
      let memory = TensorMemory(count: tensor.elementCount)
      Self.widen(found, fileFormat, tensor.shape, into: memory)
      elements = UnsafeBufferPointer(memory.elements)
      owner = memory
    }
    let matrix = tensor.float32Matrix(elements, owner: owner)
    self.matrix = matrix
    view = matrix.view
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
