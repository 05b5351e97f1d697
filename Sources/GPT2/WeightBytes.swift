import ModelFiles
import Quantization

extension Parameter {
  /// The weights as Float32, of a matrix [outputs, inputs] or [inputs, outputs].
  func values(_ orientation: MatrixOrientation = .outIn) -> [Float] {
    switch self {
    case .vector(let vector, _): return vector.values
    case .matrix(let matrix, _):
      let decoded = matrix.decoded()
      guard orientation == .inOut else { return decoded }
      let view = MatrixView(
        decoded, rows: matrix.columns, columns: matrix.rows, orientation: .inOut)
      return view.decoded()
    }
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
  /// - Throws: ``QuantizationError/beyondFloat16(tensor:index:)``.
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
