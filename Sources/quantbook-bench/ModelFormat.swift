import GPT2
import Quantization

/// A way to store a model that is measured.
struct ModelFormat {
  /// "nf4, compute int8".
  let name: String
  /// Nil: Float32, as the model is.
  let scheme: (any QuantizationScheme)?

  static let all: [ModelFormat] =
    [ModelFormat(name: float32, scheme: nil)]
    + AllSchemes.all.map { ModelFormat(name: $0.name, scheme: scheme($0.name)) }
    + [Int8Scheme.name, FP4Scheme.name, NF4Scheme.name].map {
      ModelFormat(name: "\($0), compute int8", scheme: scheme($0, compute: .int8))
    }

  static let float32 = "float32"

  /// The scheme of this name, INT8 with a scale for each output; nil where there is none.
  ///
  /// - Parameter compute: what products are made of, in the schemes that leave the choice.
  static func scheme(
    _ name: String, compute: ProductArithmetic = .float32
  ) -> (any QuantizationScheme)? {
    switch name {
    case Int8Scheme.name:
      var scheme = Int8Scheme()
      scheme.coding.granularity = .channel
      scheme.compute = compute
      return scheme
    case FP4Scheme.name:
      var scheme = FP4Scheme()
      scheme.compute = compute
      return scheme
    case NF4Scheme.name:
      var scheme = NF4Scheme()
      scheme.compute = compute
      return scheme
    default: return AllSchemes.named(name)?.init()
    }
  }
}

extension GPT2Model {
  /// Bytes of weights that one decoded token reads: every matrix but the embeddings, of which the tied
  /// one is the head.
  var bytesOfOneToken: Int {
    tensorNames.reduce(0) { sum, name in
      guard name != "wpe.weight", config.tiesHead || name != "wte.weight",
        case .matrix? = self[name]
      else { return sum }
      return sum + (self[name]?.storage.packedBytes ?? 0)
    }
  }
}
