/// A way to quantize a model: which tensors it takes, how, and how it leaves the rest.
///
/// A new scheme is one file in `Schemes/` and a line in ``AllSchemes``.
public protocol QuantizationScheme: Sendable {
  /// As a notebook names it: "int8", "llmInt8", "fp4", "nf4".
  static var name: String { get }
  /// One sentence for help.
  static var summary: String { get }

  /// The scheme with its documented defaults.
  init()

  /// What it takes unless told otherwise.
  var usualTensors: UsualTensors { get }
  /// How parameters that it does not take are stored.
  var remainder: FloatFormat { get set }

  /// Quantizes a matrix. Weights must be finite.
  func quantize(_ matrix: MatrixView) throws(QuantizationError) -> any WeightMatrix

  /// Makes again what `quantize` made of a matrix of this shape and was stored; nil where the arrays
  /// are not those of such a matrix, or the scheme's matrices are not stored.
  func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)?

  /// Quantizes a parameter of one dimension, called `name`, if the scheme can.
  func quantize(vector: [Float], name: String) throws(QuantizationError) -> WeightVector
}

extension QuantizationScheme {
  public func restore(_ arrays: StoredArrays, rows: Int, columns: Int) -> (any WeightMatrix)? {
    nil
  }

  /// Everything that decides how it quantizes a matrix, as a text: equal texts, equal bits.
  public var identity: String {
    var scheme = self
    scheme.remainder = .float32  // Of what it does not take.
    // Swift's own description has every property, so that none is forgotten.
    return "\(Self.name) \(scheme)"
  }

  public func quantize(vector: [Float], name: String) throws(QuantizationError) -> WeightVector {
    throw .notAMatrix(tensor: name, scheme: Self.name)
  }
}

/// Every scheme there is.
public enum AllSchemes {
  public static let all: [any QuantizationScheme.Type] = [
    Int8Scheme.self,
    LLMInt8Scheme.self,
    FP4Scheme.self,
    NF4Scheme.self,
  ]

  /// The scheme of this name.
  public static func named(_ name: String) -> (any QuantizationScheme.Type)? {
    all.first { $0.name == name }
  }
}
