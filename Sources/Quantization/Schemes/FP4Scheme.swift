/// Hugging Face's `load_in_4bit` with `fp4`: the linear layers by blocks, the rest in Float16.
public struct FP4Scheme: QuantizationScheme {
  public static let name = "fp4"
  public static let summary = "Four-bit floats with one absmax a block, Float32 or INT8 activations"

  public var defaultSelection: TensorSelection { .linearLayers }
  public var remainder = FloatFormat.float16
  /// Weights that share an absmax.
  public var blockSize = 64
  /// Whether the absmax are quantized to 8 bits themselves.
  public var doubleQuantized = false
  /// Whose codes they are where backends of bitsandbytes differ.
  public var rule = CodeRule.cpu
  /// What its products are made of.
  public var compute = ProductArithmetic.float32

  public init() {}

  public func quantize(_ matrix: MatrixView) throws(QuantizationError) -> any WeightMatrix {
    try FourBitMatrix(
      matrix, code: .fp4, blockSize: blockSize, doubleQuantized: doubleQuantized, rule: rule,
      compute: compute)
  }

  public func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    FourBitMatrix(
      arrays, rows: rows, columns: columns, code: .fp4, blockSize: blockSize,
      doubleQuantized: doubleQuantized, rule: rule, compute: compute)
  }
}
