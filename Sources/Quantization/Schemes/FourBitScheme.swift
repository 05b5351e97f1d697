/// Hugging Face's `load_in_4bit`: the linear layers by blocks in one of the four-bit codes.
public protocol FourBitScheme: QuantizationScheme {
  static var code: FourBitCode { get }

  /// Weights that share an absmax.
  var blockSize: Int { get set }
  /// Whether the absmax are quantized to 8 bits themselves.
  var doubleQuantized: Bool { get set }
  /// Whose codes they are where backends of bitsandbytes differ.
  var rule: CodeRule { get set }
  /// What its products are made of.
  var compute: ProductArithmetic { get set }
}

extension FourBitScheme {
  public var usualTensors: UsualTensors { .linearLayers }

  public func quantize(_ matrix: MatrixView) throws(QuantizationError) -> any WeightMatrix {
    try FourBitMatrix(
      matrix, code: Self.code, blockSize: blockSize, doubleQuantized: doubleQuantized, rule: rule,
      compute: compute)
  }

  public func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    FourBitMatrix(
      arrays, rows: rows, columns: columns, code: Self.code, blockSize: blockSize,
      doubleQuantized: doubleQuantized, rule: rule, compute: compute)
  }
}
