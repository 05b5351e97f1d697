import ModelFiles
import Quantization

/// Whole rows of a tensor, made when they are asked for.
struct WeightRows {
  /// The index of the first weight in the tensor.
  let start: Int
  let values: () throws(QuantizationError) -> [Float]
}

extension Parameter {
  /// Weights that are made at a time, if a row has no more: 4 MiB of them.
  private static let partCount = 1 << 20

  /// The weights as Float32, of a matrix [outputs, inputs] or [inputs, outputs], part by part.
  ///
  /// A matrix that is to lie otherwise than it is packed is one part.
  func parts(_ orientation: MatrixOrientation = .outIn) -> [WeightRows] {
    switch self {
    case .vector(let vector, _): return [WeightRows(start: 0) { vector.values }]
    case .matrix(let matrix, _):
      if orientation == .outIn {
        return Self.parts(rows: matrix.rows, columns: matrix.columns) {
          matrix.decode(rows: $0, into: $1)
        }
      }
      let view =
        switch matrix {
        case let matrix as Float32Matrix: matrix.view
        case let matrix as DeferredMatrix: matrix.mappedView
        default: nil as MatrixView?
        }
      guard let view = view?.transposed else {
        return [
          WeightRows(start: 0) { () throws(QuantizationError) in try Self.transposed(matrix) }
        ]
      }
      return Self.parts(rows: view.rows, columns: view.columns) { view.copy(rows: $0, into: $1) }
    }
  }

  private static func parts(
    rows: Int, columns: Int,
    fill: @escaping (Range<Int>, UnsafeMutableBufferPointer<Float>) -> Void
  ) -> [WeightRows] {
    let step = max(1, partCount / max(columns, 1))
    return stride(from: 0, to: rows, by: step).map { first in
      let range = first..<min(first + step, rows)
      return WeightRows(start: first * columns) {
        [Float](unsafeUninitializedCapacity: range.count * columns) { buffer, count in
          fill(range, buffer)
          count = range.count * columns
        }
      }
    }
  }

  /// [inputs, outputs].
  private static func transposed(
    _ matrix: any WeightMatrix
  ) throws(QuantizationError) -> [Float] {
    let memory = try TensorMemory.weights(count: matrix.rows * matrix.columns, isShared: false)
    matrix.decode(rows: 0..<matrix.rows, into: memory.elements)
    let view = MatrixView(
      UnsafeRawBufferPointer(memory.elements), rows: matrix.columns, columns: matrix.rows,
      orientation: .inOut, format: .float32, owner: memory)
    return view.decoded()
  }
}

extension FloatFormat {
  /// How a safetensors file names it.
  var tensorType: TensorType {
    switch self {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    }
  }

  /// Weights as bytes, little-endian, rounded to this format.
  ///
  /// - Throws: ``QuantizationError/beyondFloat16(tensor:index:)``, the index in `weights`.
  func bytes(of weights: [Float], tensor: String) throws(QuantizationError) -> [UInt8] {
    switch self {
    case .float32: return weights.withUnsafeBytes { Array($0) }
    case .bfloat16: return weights.map(\.bfloat16Bits).withUnsafeBytes { Array($0) }
    case .float16:
      let bits = weights.map(\.float16Bits)
      if let index = bits.firstIndex(where: { $0 & 0x7C00 == 0x7C00 }), weights[index].isFinite {
        throw .beyondFloat16(tensor: tensor, index: index)
      }
      return bits.withUnsafeBytes { Array($0) }
    }
  }
}

extension QuantizationError {
  /// The error of a part that begins at `start`, as one of the tensor.
  func inTensor(from start: Int) -> QuantizationError {
    switch self {
    case .beyondFloat16(let tensor, let index):
      .beyondFloat16(tensor: tensor, index: start + index)
    case .nonFiniteWeight(let tensor, let index):
      .nonFiniteWeight(tensor: tensor, index: start + index)
    default: self
    }
  }
}
