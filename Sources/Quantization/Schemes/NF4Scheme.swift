/// Hugging Face's `load_in_4bit` with `nf4`: the linear layers by blocks, the rest in Float16.
public struct NF4Scheme: FourBitScheme {
  public static let name = "nf4"
  public static let summary =
    "Four-bit normal-quantile codes with one absmax a block, Float32 or INT8 activations"
  public static let code = FourBitCode.nf4

  // Names, order and values are part of the identity of kept matrices.
  public var remainder = FloatFormat.float16
  public var blockSize = 64
  public var doubleQuantized = false
  public var rule = CodeRule.cpu
  public var compute = ProductArithmetic.float32

  public init() {}
}
