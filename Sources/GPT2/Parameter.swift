public import Quantization

/// One tensor of a model as it is held in memory.
public enum Parameter: Sendable {
  /// A weight of two dimensions; `format` names how it is stored, such as "float32" or "nf4".
  case matrix(any WeightMatrix, format: String)
  /// A bias, or the gain or shift of a layer normalization.
  case vector(WeightVector, format: String)

  /// Its memory by both accounts.
  public var storage: StorageAccount {
    switch self {
    case .matrix(let matrix, _): matrix.storage
    case .vector(let vector, _): vector.storage
    }
  }

  /// How it is stored: "float32", "float16", "bfloat16", or a scheme's name.
  public var format: String {
    switch self {
    case .matrix(_, let format), .vector(_, let format): format
    }
  }
}
