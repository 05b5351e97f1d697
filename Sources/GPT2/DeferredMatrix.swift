import Kernels
import Quantization
import Synchronization

/// A Float32 matrix that is made, of a file that holds it otherwise, when a session first computes with it.
///
/// So a model that is only quantized, or written, is never held in Float32.
final class DeferredMatrix: WeightMatrix {
  private let original: OriginalMatrix
  private let made = Mutex<Float32Matrix?>(nil)

  init(_ original: OriginalMatrix) { self.original = original }

  var rows: Int { original.rows }
  var columns: Int { original.columns }
  var storage: StorageAccount { StorageAccount(elements: rows * columns, bitsPerCode: 32) }

  func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    matrix.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
  }

  func negativeLogLikelihoods(_ x: UnsafeBufferPointer<Float>, targets: [Int32]) -> [Double] {
    matrix.negativeLogLikelihoods(x, targets: targets)
  }

  /// From the file: rows of an embedding are few.
  func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    original.decode(rows: rows, into: out)
  }

  /// The elements where they lie in the file; nil where they are in blocks.
  var mappedView: MatrixView? {
    guard case .floats(let view) = original else { return nil }
    return view
  }

  var isMade: Bool { made.withLock { $0 != nil } }

  /// Makes the matrix, if it is not made yet.
  func prepare() throws(QuantizationError) {
    try made.withLock { (made) throws(QuantizationError) in
      guard made == nil else { return }
      made =
        switch original {
        case .floats(let view): try view.widened()
        case .blocks(let blocks): try blocks.widened()
        }
    }
  }

  private var matrix: Float32Matrix {
    made.withLock { made in
      // Proof: only a `GPT2Session` multiplies, in `read`, which first has `GPT2Model.prepare` make every
      // matrix of the model; none is ever taken away again.
      guard let made else { preconditionFailure("a session prepares what it multiplies by") }
      return made
    }
  }
}
