/// Every `.weight` to INT8, the manual method; activations stay Float32.
public struct Int8Scheme: QuantizationScheme {
  public static let name = "int8"
  public static let summary = "INT8 weights by absmax or zero point, Float32 or INT8 activations"

  public var usualTensors: UsualTensors { .everyWeight }
  public var remainder = FloatFormat.float32
  public var coding = Int8Coding()
  /// What its products are made of; tables of one dimension have none.
  public var compute = ProductArithmetic.float32

  public init() {}

  public func quantize(_ matrix: MatrixView) throws(QuantizationError) -> any WeightMatrix {
    try Int8Matrix(matrix, coding: coding, compute: compute)
  }

  public func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    Int8Matrix(arrays, rows: rows, columns: columns, coding: coding, compute: compute)
  }

  /// A vector has one scale, whatever the granularity.
  public func quantize(vector: [Float], name: String) throws(QuantizationError) -> WeightVector {
    var coding = coding
    coding.granularity = .tensor
    coding.rawCodes = false
    if let index = vector.firstIndex(where: { !$0.isFinite }) {
      throw .nonFiniteWeight(tensor: name, index: index)
    }
    let matrix = MatrixView(vector, rows: 1, columns: vector.count, name: name)
    let codes = try Int8Matrix(matrix, coding: coding).exportedCodes()
    let scale = Int8Scale(
      minimum: vector.min() ?? 0, maximum: vector.max() ?? 0, mapping: coding.mapping)
    return WeightVector(
      self.coding.rawCodes
        ? .int8(codes, scale: 1, zeroPoint: 0)
        : .int8(codes, scale: scale.scale, zeroPoint: scale.zeroPoint))
  }
}
