import Kernels
import Quantization
import SafeFiles

/// A tensor of a model as a file holds it.
enum StoredTensor: Sendable {
  /// Floats, where they lie; a vector is one row.
  case floats(MatrixView)
  /// Blocks of one of ggml's formats, row after row of [rows, columns].
  case blocks(StoredBlocks)
  /// A matrix that bitsandbytes quantized.
  case quantized(BitsandbytesLayer)

  /// Whether two tensors are the same, byte by byte.
  func isEqual(to other: StoredTensor) -> Bool {
    switch (self, other) {
    case (.floats(let a), .floats(let b)): a.format == b.format && a.isEqual(to: b)
    case (.blocks(let a), .blocks(let b)): a.isEqual(to: b)
    default: false
    }
  }

  /// The parameter that a model holds for it, and of a matrix that is not quantized the elements for
  /// quantizing them.
  ///
  /// - Throws: `GPT2Error`, `CancellationError`.
  func parameter(
    for description: TensorDescription, as format: FloatFormat
  ) throws -> (parameter: Parameter, original: OriginalMatrix?) {
    let original: OriginalMatrix
    switch self {
    case .quantized(let layer): return (.matrix(try layer.matrix(), format: layer.format), nil)
    case .floats(let view): original = .floats(view)
    case .blocks(let blocks): original = .blocks(blocks)
    }
    do throws(QuantizationError) {
      guard description.isVector else {
        return (.matrix(try original.held(as: format), format: format.rawValue), original)
      }
      let values = try original.view().decoded()
      return (.vector(WeightVector(values, as: format), format: format.rawValue), nil)
    } catch .cancelled {
      throw CancellationError()
    } catch { throw GPT2Error.weights(error) }
  }
}

/// Blocks of one of ggml's formats in a mapped file.
struct StoredBlocks: Sendable {
  let name: String
  let format: any BlockFormat.Type
  let rows: Int
  /// A multiple of the format's block size.
  let columns: Int
  /// Of rows × columns elements, in the file.
  let range: Range<Int>
  let file: MappedFile

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: file.bytes[range]) }

  func isEqual(to other: Self) -> Bool {
    format.name == other.format.name && bytes.elementsEqual(other.bytes)
  }

  /// Writes some rows as Float32 to out [rows.count, columns].
  func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    let rowBytes = self.rows == 0 ? 0 : range.count / self.rows
    format.decode(
      UnsafeRawBufferPointer(
        rebasing: bytes[rows.lowerBound * rowBytes..<rows.upperBound * rowBytes]),
      into: out)
  }

  /// All weights as Float32, to be looked at once.
  func decoded() throws(QuantizationError) -> MatrixView {
    let memory = try float32(isShared: false)
    return MatrixView(
      UnsafeRawBufferPointer(memory.elements), rows: rows, columns: columns, orientation: .outIn,
      format: .float32, owner: memory, name: name)
  }

  /// All weights as Float32, to be kept.
  func widened() throws(QuantizationError) -> Float32Matrix {
    let memory = try float32(isShared: true)
    return Float32Matrix(
      borrowing: UnsafeBufferPointer(memory.elements), rows: rows, columns: columns,
      orientation: .outIn, owner: memory)
  }

  /// [rows, columns], decoded on all threads.
  private func float32(isShared: Bool) throws(QuantizationError) -> TensorMemory {
    let memory = try TensorMemory.weights(count: rows * columns, isShared: isShared)
    ThreadPool.forEach(rows) { row in
      decode(
        rows: row..<row + 1,
        into: UnsafeMutableBufferPointer(
          rebasing: memory.elements[row * columns..<(row + 1) * columns]))
    }
    return memory
  }
}
