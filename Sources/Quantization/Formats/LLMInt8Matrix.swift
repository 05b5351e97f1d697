public import Kernels

/// LLM.int8(): INT8 × INT8 → INT32 with one absmax for each weight row and each activation row;
/// input features with an outlier are multiplied in Float32.
///
/// Equal to bitsandbytes' CPU backend. Which features are outliers depends on the whole call: a
/// prompt and a single token differ. Source: Dettmers et al. 2022, arXiv:2208.07339.
public struct LLMInt8Matrix: WeightMatrix {
  public let rows: Int
  public let columns: Int
  /// An input feature with an activation of at least this magnitude is an outlier; 0: none is.
  public let outlierThreshold: Float
  private let codes: PackedCodes
  /// bitsandbytes' SCB, the absmax of each row.
  private let scales: PackedMemory<Float>
  /// The sum of each row's codes, in range up to 2²⁴ columns; models have at most 2¹⁷.
  private let codeSums: PackedMemory<Int32>

  /// Rounds the weights to Float16 first, as bitsandbytes does.
  /// - Throws: ``QuantizationError/nonFiniteWeight(tensor:index:)``,
  ///   ``QuantizationError/beyondFloat16(tensor:index:)``,
  ///   ``QuantizationError/outlierThreshold(_:)``, ``QuantizationError/outOfMemory(_:)``.
  public init(_ view: MatrixView, outlierThreshold: Float = 6) throws(QuantizationError) {
    guard outlierThreshold.isFinite, outlierThreshold >= 0 else {
      throw .outlierThreshold(outlierThreshold)
    }
    let columns = view.columns
    let name = view.name
    let codes = try PackedCodes(rows: view.rows, columns: columns)
    let scales = try PackedMemory<Float>(view.rows)
    let codeSums = try PackedMemory<Int32>(view.rows)
    try view.forEachGroup { (group, values) throws(QuantizationError) in
      Encoding.roundToHalf(values)
      if let index = Encoding.firstNonFinite(UnsafeBufferPointer(values)) {
        throw .beyondFloat16(tensor: name, index: group * 16 * columns + index)
      }
      let rowCodes = UnsafeMutableBufferPointer<Int8>.allocate(capacity: columns)
      defer { rowCodes.deallocate() }
      for row in 0..<(columns == 0 ? 0 : values.count / columns) {
        let weights = UnsafeBufferPointer(
          rebasing: values[row * columns..<(row + 1) * columns])
        let absmax = Encoding.absmax(weights)
        Encoding.roundToInt8(
          weights, multiplier: absmax == 0 ? 0 : (1 / absmax) * 127, offset: 0, into: rowCodes)
        scales[group * 16 + row] = absmax
        codes.set(row: group * 16 + row, to: rowCodes)
        codeSums[group * 16 + row] = rowCodes.reduce(0) { $0 + Int32($1) }
      }
    }
    rows = view.rows
    self.columns = columns
    self.outlierThreshold = outlierThreshold
    self.codes = codes
    self.scales = scales
    self.codeSums = codeSums
  }

  /// Packs what bitsandbytes made before: CB, Int8 [rows, columns], and SCB, one for each row.
  ///
  /// - Throws: ``QuantizationError/outOfMemory(_:)``.
  public init(
    exported: UnsafeRawBufferPointer, scales: [Float], columns: Int, outlierThreshold: Float
  ) throws(QuantizationError) {
    precondition(exported.count == scales.count * columns)
    precondition(outlierThreshold.isFinite && outlierThreshold >= 0)
    let rows = scales.count
    let codes = try PackedCodes(rows: rows, columns: columns)
    let codeSums = try PackedMemory<Int32>(rows)
    nonisolated(unsafe) let exported = exported  // Only read, and before this returns.
    ThreadPool.forEach(rows) { row in
      var sum: Int32 = 0
      for column in 0..<columns {
        let code = Int8(bitPattern: exported[row * columns + column])
        codes[row, column] = code
        sum += Int32(code)
      }
      codeSums[row] = sum
    }
    self.rows = rows
    self.columns = columns
    self.outlierThreshold = outlierThreshold
    self.codes = codes
    self.scales = try PackedMemory(scales)
    self.codeSums = codeSums
  }

  public var storage: StorageAccount {
    StorageAccount(
      elements: rows * columns, bitsPerCode: 8, constantBytes: 4 * rows,
      packedBytes: codes.byteCount + scales.byteCount + codeSums.byteCount)
  }

  /// bitsandbytes' CB, [rows, columns].
  public func exportedCodes() -> [Int8] { codes.exported }

  /// bitsandbytes' SCB, [rows].
  public func exportedScales() -> [Float] { (0..<rows).map { scales[$0] } }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    let product = LLMInt8Product(
      rows: rows, columns: columns, codes: codes.start, scales: scales.start,
      codeSums: codeSums.start, threshold: outlierThreshold)
    product.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    withExtendedLifetime(self) {}
  }

  public func decode(rows range: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    for row in range {
      for column in 0..<columns {
        out[(row - range.lowerBound) * columns + column] = LLMInt8Product.decode(
          codes[row, column], scale: scales[row])
      }
    }
  }
}

extension LLMInt8Matrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    defer { withExtendedLifetime(self) {} }
    return body(StoredArrays.pieces([codes.bytes, scales.bytes, codeSums.bytes]))
  }

  /// Makes the matrix again; nil where the arrays are not those of one of this shape.
  init?(_ arrays: StoredArrays, rows: Int, columns: Int, outlierThreshold: Float) {
    var arrays = arrays
    guard outlierThreshold.isFinite, outlierThreshold >= 0,
      let codes = PackedCodes(&arrays, rows: rows, columns: columns),
      let scales = arrays.next(rows, of: Float.self),
      let codeSums = arrays.next(rows, of: Int32.self), arrays.isAtEnd
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.outlierThreshold = outlierThreshold
    self.codes = codes
    self.scales = scales
    self.codeSums = codeSums
  }
}
