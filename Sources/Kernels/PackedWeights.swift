internal import CKernels

/// A weight matrix W [rows, columns] as one of the kernels' formats stores it, borrowed: whoever
/// makes this keeps the memory alive through each call.
///
/// Interleaved formats store 16 rows side by side, one for each lane, and pad rows to a multiple of
/// 16 with zeros.
public struct PackedWeights {
  /// How the weights lie in memory.
  public enum Format: Sendable {
    /// Float32 [columns, rows]: Hugging Face's Conv1D.
    case float32InOut
    /// Float32 [rows, columns]: embeddings and output heads.
    case float32OutIn
    /// IEEE half, [rows/16][columns][16].
    case float16
    /// bfloat16, [rows/16][columns][16].
    case bfloat16
    /// Int8, [rows/16][columns/4][16][4], columns padded to 4.
    case int8
    /// Eight 4-bit codes in a UInt32, low nibble first, [rows/16][columns/8][16].
    case fourBit
  }

  /// Where the scales of a four-bit matrix come from when they are quantized themselves:
  /// scale = map[code] × nested[block / 256] + mean.
  public struct NestedScales {
    public var codes: UnsafePointer<UInt8>
    public var map: UnsafePointer<Float>
    public var nested: UnsafePointer<Float>
    public var mean: Float

    public init(
      codes: UnsafePointer<UInt8>, map: UnsafePointer<Float>, nested: UnsafePointer<Float>,
      mean: Float
    ) {
      self.codes = codes
      self.map = map
      self.nested = nested
      self.mean = mean
    }
  }

  public var format: Format
  public var rows: Int
  public var columns: Int
  public var weights: UnsafeRawPointer?
  /// Columns that share a scale.
  public var segment: Int
  /// [rows/16][segments][16], or [blocks] where `flatBlock` is set.
  public var scales: UnsafePointer<Float>?
  /// Zero points, laid out as `scales`: weight = (code - offset) × scale.
  public var offsets: UnsafePointer<Float>?
  /// The 16 levels of a four-bit format.
  public var codebook: UnsafePointer<Float>?
  public var nestedScales: NestedScales?
  /// Block size of four-bit blocks that run over the ends of rows; 0 where they do not.
  public var flatBlock = 0

  public init(
    _ format: Format, rows: Int, columns: Int, weights: UnsafeRawPointer?, segment: Int? = nil,
    scales: UnsafePointer<Float>? = nil, offsets: UnsafePointer<Float>? = nil,
    codebook: UnsafePointer<Float>? = nil, nestedScales: NestedScales? = nil, flatBlock: Int = 0
  ) {
    self.format = format
    self.rows = rows
    self.columns = columns
    self.weights = weights
    self.segment = segment ?? columns
    self.scales = scales
    self.offsets = offsets
    self.codebook = codebook
    self.nestedScales = nestedScales
    self.flatBlock = flatBlock
  }

  /// y[t, r] = Σ_c x[t, c] W[r, c] + bias[r], decoded to Float32 and summed in Float32; then the
  /// epilogue.
  ///
  /// x: [tokens, columns], bias: [rows] or nil, y: [tokens, rows].
  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue = .store, into y: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(tokens >= 0)
    precondition(x.count >= tokens * columns)
    precondition(y.count >= tokens * rows)
    precondition(bias.map { $0.count == rows } ?? true)
    withUnsafePointer(to: description) {
      qb_multiply(
        $0, x.baseAddress, tokens, bias?.baseAddress, epilogue.identifier, y.baseAddress)
    }
  }

  /// Whether `multiplyCodes` can take this matrix: INT8 without zero points or four-bit, with scales
  /// for whole rows or runs of a multiple of 8 columns.
  public var multipliesCodes: Bool {
    withUnsafePointer(to: description) { qb_multiplies_codes($0) }
  }

  /// The same product with activations rounded to INT8 by one absmax a token, and the levels of a
  /// four-bit codebook rounded to 1/127. A token with a NaN or an infinity gives NaN.
  public func multiplyCodes(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue = .store, into y: UnsafeMutableBufferPointer<Float>
  ) {
    precondition(tokens >= 0)
    precondition(x.count >= tokens * columns)
    precondition(y.count >= tokens * rows)
    precondition(bias.map { $0.count == rows } ?? true)
    precondition(multipliesCodes)
    withUnsafePointer(to: description) {
      qb_multiply_codes(
        $0, x.baseAddress, tokens, bias?.baseAddress, epilogue.identifier, y.baseAddress)
    }
  }

  /// -ln softmax(x Wᵀ)[target] in nats of each token, this matrix being the output head; NaN or ∞ where
  /// the logits are not finite. No logits are held.
  ///
  /// x: [targets.count, columns]; each target lies in 0 ..< rows. `codes`: as `multiplyCodes`.
  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32], codes: Bool = false
  ) -> [Double] {
    precondition(columns > 0)
    precondition(x.count >= targets.count * columns)
    precondition(targets.allSatisfy { (0..<rows).contains(Int($0)) })
    precondition(!codes || multipliesCodes)
    return [Double](unsafeUninitializedCapacity: targets.count) { losses, count in
      withUnsafePointer(to: description) {
        qb_cross_entropy(
          $0, codes, x.baseAddress, targets.count, targets, losses.baseAddress)
      }
      count = targets.count
    }
  }

  /// Writes some rows of the decoded matrix to out [rows.count, columns].
  public func decode(rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    precondition(range.lowerBound >= 0)
    precondition(range.upperBound <= rows)
    precondition(out.count >= range.count * columns)
    withUnsafePointer(to: description) {
      qb_decode_rows($0, range.lowerBound, range.count, out.baseAddress)
    }
  }

  var description: qb_matrix {
    let identifier =
      switch format {
      case .float32InOut: QB_FLOAT32_IN_OUT
      case .float32OutIn: QB_FLOAT32_OUT_IN
      case .float16: QB_FLOAT16
      case .bfloat16: QB_BFLOAT16
      case .int8: QB_INT8
      case .fourBit: QB_FOUR_BIT
      }
    return qb_matrix(
      format: identifier, rows: rows, columns: columns, weights: weights, segment: segment,
      scales: scales, offsets: offsets, codebook: codebook, scale_codes: nestedScales?.codes,
      scale_map: nestedScales?.map, nested_scales: nestedScales?.nested,
      scale_mean: nestedScales?.mean ?? 0, flat_block: flatBlock)
  }
}
