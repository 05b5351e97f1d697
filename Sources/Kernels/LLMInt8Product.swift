internal import CKernels

/// LLM.int8()'s product, with weights that the caller keeps alive.
public struct LLMInt8Product {
  public var rows: Int
  public var columns: Int
  /// Int8, [rows/16][columns/4][16][4], padded with zeros.
  public var codes: UnsafePointer<Int8>
  /// [rows]: the greatest |weight| of each row.
  public var scales: UnsafePointer<Float>
  /// [rows]: the sum of each row's codes.
  public var codeSums: UnsafePointer<Int32>
  /// Activations from this magnitude on make their column an outlier; 0: none do.
  public var threshold: Float

  public init(
    rows: Int, columns: Int, codes: UnsafePointer<Int8>, scales: UnsafePointer<Float>,
    codeSums: UnsafePointer<Int32>, threshold: Float
  ) {
    self.rows = rows
    self.columns = columns
    self.codes = codes
    self.scales = scales
    self.codeSums = codeSums
    self.threshold = threshold
  }

  /// x: [tokens, columns], bias: [rows] or nil, y: [tokens, rows].
  /// - Returns: how many columns were outliers in this call.
  @discardableResult
  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue = .store, into y: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    precondition(tokens >= 0)
    precondition(x.count >= tokens * columns)
    precondition(y.count >= tokens * rows)
    precondition(bias.map { $0.count == rows } ?? true)
    var matrix = qb_llm_int8_matrix(
      rows: rows, columns: columns, codes: codes, scales: scales, code_sums: codeSums)
    return qb_llm_int8_multiply(
      &matrix, x.baseAddress, tokens, bias?.baseAddress, threshold, epilogue.identifier,
      y.baseAddress)
  }

  /// One dequantized weight: (code × scale) × float32(1/127).
  public static func decode(_ code: Int8, scale: Float) -> Float { qb_llm_int8_decode(code, scale) }
}
