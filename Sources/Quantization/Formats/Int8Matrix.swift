public import Kernels

/// How weights are mapped to INT8 codes.
public struct Int8Coding: Hashable, Sendable {
  /// Which weights share a scale.
  public enum Granularity: Hashable, Sendable {
    /// The whole matrix.
    case tensor
    /// An output channel: a row of W.
    case channel
    /// So many consecutive inputs of one output channel.
    case group(Int)
  }

  /// Where the codes are centred.
  public enum Mapping: Hashable, Sendable {
    /// code = rint(w × (127 / absmax)); weight = code × (absmax / 127).
    case absmax
    /// With s = (max - min) / 255 and z = rint(-min / s) - 128: code = rint(w × (1/s) + z),
    /// weight = (code - z) × s. The range always holds 0.
    case zeroPoint
  }

  public var granularity: Granularity
  public var mapping: Mapping
  /// Uses the codes themselves as weights, without scale and zero point: a published mistake.
  public var rawCodes: Bool

  public init(
    granularity: Granularity = .tensor, mapping: Mapping = .absmax, rawCodes: Bool = false
  ) {
    self.granularity = granularity
    self.mapping = mapping
    self.rawCodes = rawCodes
  }

  /// Columns that share a scale in a matrix of so many.
  func segment(columns: Int) -> Int {
    switch granularity {
    case .tensor, .channel: max(columns, 1)
    case .group(let size): min(size, max(columns, 1))
    }
  }

  /// Scales of a row of so many columns.
  func segments(columns: Int) -> Int {
    let segment = segment(columns: columns)
    return (columns + segment - 1) / segment
  }

  /// Whether a matrix has zero points.
  var hasOffsets: Bool { mapping == .zeroPoint && !rawCodes }
}

/// The scale and zero point of one run of weights.
struct Int8Scale {
  var scale: Float
  var zeroPoint: Float
  var multiplier: Float

  /// All operations in Float32, each rounded.
  init(minimum: Float, maximum: Float, mapping: Int8Coding.Mapping) {
    switch mapping {
    case .absmax:
      let absmax = max(-minimum, maximum)
      scale = absmax / 127
      zeroPoint = 0
      multiplier = 127 / absmax
    case .zeroPoint:
      let low = min(minimum, 0)
      let high = max(maximum, 0)
      scale = high / 255 - low / 255  // The difference itself may overflow.
      zeroPoint = (-low / scale).rounded(.toNearestOrEven) - 128
      multiplier = 1 / scale
    }
    // All zero, or so small that the reciprocal overflows: every weight becomes 0.
    if !multiplier.isFinite || scale == 0 {
      scale = 0
      zeroPoint = 0
      multiplier = 0
    }
  }
}

/// INT8 codes, multiplied with Float32 activations: weight-only quantization.
public struct Int8Matrix: WeightMatrix {
  public let rows: Int
  public let columns: Int
  public let coding: Int8Coding
  public let compute: ProductArithmetic
  private let codes: PackedCodes
  /// [rows/16][segments][16].
  private let scales: PackedMemory<Float>
  private let offsets: PackedMemory<Float>?

  /// - Throws: ``QuantizationError/nonFiniteWeight(tensor:index:)``,
  ///   ``QuantizationError/groupSize(_:)``, ``QuantizationError/noIntegerProduct(tensor:)``,
  ///   ``QuantizationError/outOfMemory(_:)``.
  public init(
    _ view: MatrixView, coding: Int8Coding = Int8Coding(), compute: ProductArithmetic = .float32
  ) throws(QuantizationError) {
    let columns = view.columns
    if case .group(let size) = coding.granularity, size < 1 { throw .groupSize(size) }
    let segment = coding.segment(columns: columns)
    let segments = coding.segments(columns: columns)
    let codes = try PackedCodes(rows: view.rows, columns: columns)
    let scales = try PackedMemory<Float>(view.groups * segments * 16)
    let offsets = coding.hasOffsets ? try PackedMemory<Float>(scales.count) : nil
    let whole = coding.granularity == .tensor ? try Self.scaleOfAll(view, coding.mapping) : nil
    try view.forEachGroup { (group, values) throws(QuantizationError) in
      let rowCodes = UnsafeMutableBufferPointer<Int8>.allocate(capacity: columns)
      defer { rowCodes.deallocate() }
      for row in 0..<(columns == 0 ? 0 : values.count / columns) {
        for s in 0..<segments {
          let run = s * segment..<min((s + 1) * segment, columns)
          let weights = UnsafeBufferPointer(
            rebasing: values[row * columns + run.lowerBound..<row * columns + run.upperBound])
          let range = Encoding.range(weights)
          let scale =
            whole
            ?? Int8Scale(minimum: range.minimum, maximum: range.maximum, mapping: coding.mapping)
          Encoding.roundToInt8(
            weights, multiplier: scale.multiplier, offset: scale.zeroPoint,
            into: UnsafeMutableBufferPointer(rebasing: rowCodes[run]))
          let index = (group * segments + s) * 16 + row
          scales[index] = coding.rawCodes ? 1 : scale.scale
          offsets?[index] = scale.zeroPoint
        }
        codes.set(row: group * 16 + row, to: rowCodes)
      }
    }
    rows = view.rows
    self.columns = columns
    self.coding = coding
    self.compute = compute
    self.codes = codes
    self.scales = scales
    self.offsets = offsets
    if compute == .int8, !packed.multipliesCodes { throw .noIntegerProduct(tensor: view.name) }
  }

  public var storage: StorageAccount {
    let constants = coding.rawCodes ? 0 : coding.hasOffsets ? 8 : 4
    let segments = coding.segments(columns: columns)
    return StorageAccount(
      elements: rows * columns, bitsPerCode: 8,
      constantBytes: constants * (coding.granularity == .tensor ? 1 : rows * segments),
      packedBytes: codes.byteCount + scales.byteCount + (offsets?.byteCount ?? 0))
  }

  private static func scaleOfAll(
    _ view: MatrixView, _ mapping: Int8Coding.Mapping
  ) throws(QuantizationError) -> Int8Scale {
    let minima = try PackedMemory<Float>(view.groups, isShared: false)
    let maxima = try PackedMemory<Float>(view.groups, isShared: false)
    try view.forEachGroup { group, values in
      (minima[group], maxima[group]) = Encoding.range(UnsafeBufferPointer(values))
    }
    var (minimum, maximum) = (minima[0], maxima[0])
    for group in 0..<view.groups {
      minimum = min(minimum, minima[group])
      maximum = max(maximum, maxima[group])
    }
    return Int8Scale(minimum: minimum, maximum: maximum, mapping: mapping)
  }

  /// The code of each weight, [rows, columns].
  public func exportedCodes() -> [Int8] { codes.exported }

  public func multiply(
    _ x: UnsafeBufferPointer<Float>, tokens: Int, bias: UnsafeBufferPointer<Float>?,
    epilogue: ProductEpilogue, into y: UnsafeMutableBufferPointer<Float>
  ) {
    switch compute {
    case .float32: packed.multiply(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    case .int8: packed.multiplyCodes(x, tokens: tokens, bias: bias, epilogue: epilogue, into: y)
    }
    withExtendedLifetime(self) {}
  }

  public func negativeLogLikelihoods(
    _ x: UnsafeBufferPointer<Float>, targets: [Int32]
  ) -> [Double] {
    defer { withExtendedLifetime(self) {} }
    return packed.negativeLogLikelihoods(x, targets: targets, codes: compute == .int8)
  }

  public func decode(rows: Range<Int>, into out: UnsafeMutableBufferPointer<Float>) {
    packed.decode(rows: rows, into: out)
    withExtendedLifetime(self) {}
  }

  private var packed: PackedWeights {
    PackedWeights(
      .int8, rows: rows, columns: columns, weights: codes.start,
      segment: coding.segment(columns: columns), scales: scales.start,
      offsets: offsets.map { UnsafePointer($0.start) })
  }
}

extension Int8Matrix: StorableMatrix {
  public func withStoredPieces<Result>(_ body: ([UnsafeRawBufferPointer]) -> Result) -> Result {
    defer { withExtendedLifetime(self) {} }
    return body(
      StoredArrays.pieces([codes.bytes, scales.bytes] + (offsets.map { [$0.bytes] } ?? [])))
  }

  /// Makes the matrix again; nil where the arrays are not those of one with these settings.
  init?(
    _ arrays: StoredArrays, rows: Int, columns: Int, coding: Int8Coding, compute: ProductArithmetic
  ) {
    var arrays = arrays
    if case .group(let size) = coding.granularity, size < 1 { return nil }
    let places = (rows + 15) / 16 * coding.segments(columns: columns) * 16
    guard let codes = PackedCodes(&arrays, rows: rows, columns: columns),
      let scales = arrays.next(places, of: Float.self)
    else { return nil }
    self.rows = rows
    self.columns = columns
    self.coding = coding
    self.compute = compute
    self.codes = codes
    self.scales = scales
    offsets = coding.hasOffsets ? arrays.next(places) : nil
    guard arrays.isAtEnd, coding.hasOffsets == (offsets != nil),
      compute != .int8 || packed.multipliesCodes
    else { return nil }
  }
}
