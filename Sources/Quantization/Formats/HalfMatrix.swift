public import Kernels

/// 16-bit float weights, IEEE half or bfloat16, widened to Float32 in registers as they are used.
struct HalfMatrix: Sendable {
  let rows: Int
  let columns: Int
  let format: PackedWeights.Format
  /// [rows/16][columns][16].
  private let weights: PackedMemory<UInt16>

  init(
    _ view: MatrixView, as format: PackedWeights.Format, bits: @Sendable (Float) -> UInt16
  ) throws(QuantizationError) {
    rows = view.rows
    columns = view.columns
    self.format = format
    let weights = PackedMemory<UInt16>(view.groups * 16 * view.columns)
    let columns = view.columns
    try withoutActuallyEscaping(bits) { (bits) throws(QuantizationError) in
      try view.forEachGroup { group, values in
        for index in 0..<values.count {
          let (row, column) = index.quotientAndRemainder(dividingBy: columns)
          weights[(group * columns + column) * 16 + row] = bits(values[index])
        }
      }
    }
    self.weights = weights
  }

  /// Makes the matrix again; nil where the array is not that of one of this shape.
  init?(_ arrays: StoredArrays, rows: Int, columns: Int, as format: PackedWeights.Format) {
    var arrays = arrays
    guard let weights = arrays.next((rows + 15) / 16 * 16 * columns, of: UInt16.self),
      arrays.isAtEnd
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.format = format
    self.weights = weights
  }

  func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    defer { withExtendedLifetime(weights) {} }
    return body(StoredArrays.pieces([weights.bytes]))
  }

  var storage: StorageAccount {
    StorageAccount(elements: rows * columns, bitsPerCode: 16, packedBytes: weights.byteCount)
  }

  func withPacked<Result>(_ body: (PackedWeights) -> Result) -> Result {
    defer { withExtendedLifetime(weights) {} }
    return body(PackedWeights(format, rows: rows, columns: columns, weights: weights.start))
  }
}

/// IEEE half-precision weights, computed in Float32.
public struct Float16Matrix: WeightMatrix {
  private let half: HalfMatrix

  /// Rounds to nearest, ties to even. Weights must be finite, and become infinite beyond 65519.99.
  public init(_ view: MatrixView) throws(QuantizationError) {
    half = try HalfMatrix(view, as: .float16) { $0.float16Bits }
  }

  public var rows: Int { half.rows }
  public var columns: Int { half.columns }
  public var storage: StorageAccount { half.storage }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    half.withPacked { $0.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y) }
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    half.withPacked { $0.negativeLogLikelihoods(x, targets: targets) }
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    half.withPacked { $0.decode(rows: rows, into: out) }
  }
}

/// bfloat16 weights, computed in Float32.
public struct BFloat16Matrix: WeightMatrix {
  private let half: HalfMatrix

  /// Rounds to nearest, ties to even. Weights must be finite.
  public init(_ view: MatrixView) throws(QuantizationError) {
    half = try HalfMatrix(view, as: .bfloat16) { $0.bfloat16Bits }
  }

  public var rows: Int { half.rows }
  public var columns: Int { half.columns }
  public var storage: StorageAccount { half.storage }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    half.withPacked { $0.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y) }
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    half.withPacked { $0.negativeLogLikelihoods(x, targets: targets) }
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    half.withPacked { $0.decode(rows: rows, into: out) }
  }
}

extension Float16Matrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    half.withStoredPieces(body)
  }

  /// Makes again what was stored; nil where the arrays are not those of a matrix of this shape.
  public init?(_ arrays: StoredArrays, rows: Int, columns: Int) {
    guard let half = HalfMatrix(arrays, rows: rows, columns: columns, as: .float16) else {
      return nil
    }
    self.half = half
  }
}

extension BFloat16Matrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    half.withStoredPieces(body)
  }

  /// Makes again what was stored; nil where the arrays are not those of a matrix of this shape.
  public init?(_ arrays: StoredArrays, rows: Int, columns: Int) {
    guard let half = HalfMatrix(arrays, rows: rows, columns: columns, as: .bfloat16) else {
      return nil
    }
    self.half = half
  }
}
