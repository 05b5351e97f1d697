import Quantization

/// How a tensor of a model is made from its original.
enum TensorRecipe: Sendable {
  case quantized(any QuantizationScheme)
  case float(FloatFormat)

  /// What the tensor is called that it makes.
  var format: String {
    switch self {
    case .quantized(let scheme): type(of: scheme).name
    case .float(let format): format.rawValue
    }
  }

  /// Everything that decides what it makes of a matrix: equal texts, equal bits.
  var identity: String {
    switch self {
    case .quantized(let scheme): scheme.identity
    case .float(let format): format.rawValue
    }
  }

  /// Nil where the tensor, which a model holds as `parameter`, is to stay as it is.
  ///
  /// - Parameter original: gives that of a matrix, if it is needed.
  func make(
    _ parameter: Parameter, named name: String,
    original: () throws(QuantizationError) -> MatrixView?
  ) throws(QuantizationError) -> Parameter? {
    switch (self, parameter) {
    case (.quantized(let scheme), .vector(let vector, _)):
      return .vector(try scheme.quantize(vector: vector.values, name: name), format: format)
    case (.quantized(let scheme), .matrix):
      guard let original = try original() else { throw .notAMatrix(tensor: name, scheme: format) }
      return .matrix(try scheme.quantize(original), format: format)
    case (.float, _) where parameter.format == format: return nil
    case (.float(let float), .vector(let vector, _)):
      return .vector(WeightVector(vector.values, as: float), format: format)
    case (.float(.float16), .matrix):
      return try original().map { (view) throws(QuantizationError) in
        .matrix(try Float16Matrix(view), format: format)
      }
    case (.float(.bfloat16), .matrix):
      return try original().map { (view) throws(QuantizationError) in
        .matrix(try BFloat16Matrix(view), format: format)
      }
    case (.float(.float32), .matrix): return nil
    }
  }

  /// The matrix that was stored when it was made before; nil where these are not its arrays.
  func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    switch self {
    case .quantized(let scheme): scheme.restore(arrays, rows: rows, columns: columns)
    case .float(.float32): nil
    case .float(.float16): Float16Matrix(arrays, rows: rows, columns: columns)
    case .float(.bfloat16): BFloat16Matrix(arrays, rows: rows, columns: columns)
    }
  }
}
