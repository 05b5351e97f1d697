import Kernels

/// What transformers calls the activation functions. Source: `ACT2FN` of transformers, `activations.py`.
extension ActivationFunction {
  /// The usual name first, then those of the same function by other arithmetic.
  private var names: [String] {
    switch self {
    case .geluTanh:
      ["gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh"]
    case .gelu: ["gelu", "gelu_python"]
    case .relu: ["relu"]
    case .silu: ["silu", "swish"]
    case .quickGELU: ["quick_gelu"]
    case .tanh: ["tanh"]
    }
  }

  /// The usual name.
  var configurationName: String { names[0] }

  /// All names.
  static var configurationNames: [String] { allCases.flatMap(\.names) }

  /// - Returns: nil for a name of a function that is not computed.
  init?(configurationName name: String) {
    guard let function = Self.allCases.first(where: { $0.names.contains(name) }) else { return nil }
    self = function
  }
}
