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
  ) throws -> (parameter: Parameter, original: MatrixView?) {
    let view: MatrixView
    switch self {
    case .quantized(let layer): return (.matrix(try layer.matrix(), format: layer.format), nil)
    case .floats(let floats): view = floats
    case .blocks(let blocks): view = try blocks.decoded()
    }
    if description.isVector {
      return (.vector(WeightVector(view.decoded(), as: format), format: format.rawValue), nil)
    }
    do throws(QuantizationError) {
      return (.matrix(try view.held(as: format), format: format.rawValue), view)
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

  private var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[range])
  }

  func isEqual(to other: Self) -> Bool {
    format.name == other.format.name && bytes.elementsEqual(other.bytes)
  }

  /// All weights as Float32, [rows, columns], on all threads.
  ///
  /// - Throws: `GPT2Error.outOfMemory`.
  func decoded() throws(GPT2Error) -> MatrixView {
    let memory: TensorMemory
    do throws(OutOfMemory) { memory = try TensorMemory(count: rows * columns) } catch {
      throw .outOfMemory(error)
    }
    let rowBytes = rows == 0 ? 0 : range.count / rows
    ThreadPool.forEach(rows) { row in
      let start = range.lowerBound + row * rowBytes
      format.decode(
        UnsafeRawBufferPointer(rebasing: file.bytes[start..<start + rowBytes]),
        into: UnsafeMutableBufferPointer(
          rebasing: memory.elements[row * columns..<(row + 1) * columns]))
    }
    return MatrixView(
      UnsafeRawBufferPointer(memory.elements), rows: rows, columns: columns, orientation: .outIn,
      format: .float32, owner: memory, name: name)
  }
}
