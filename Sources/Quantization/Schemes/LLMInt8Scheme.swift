/// Hugging Face's `load_in_8bit`: LLM.int8() in the linear layers, the rest in Float16.
public struct LLMInt8Scheme: QuantizationScheme {
  public static let name = "llmInt8"
  public static let summary = "INT8 weights and activations by row, outlier features apart"

  public var usualTensors: UsualTensors { .linearLayers }
  public var remainder = FloatFormat.float16
  public var outlierThreshold: Float = 6

  public init() {}

  public func quantize(_ matrix: MatrixView) throws(QuantizationError) -> any WeightMatrix {
    try LLMInt8Matrix(matrix, outlierThreshold: outlierThreshold)
  }

  public func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    LLMInt8Matrix(arrays, rows: rows, columns: columns, outlierThreshold: outlierThreshold)
  }
}
