internal import CKernels

/// What a feed-forward layer applies to each number between its two products.
public enum ActivationFunction: Hashable, Sendable, CaseIterable {
  /// 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))): GPT-2's own.
  case geluTanh
  /// 0.5 x (1 + erf(x / √2)): GELU as it is defined. Source: Hendrycks and Gimpel, arXiv:1606.08415.
  case gelu
  /// max(x, 0).
  case relu
  /// x / (1 + e⁻ˣ), also called swish.
  case silu
  /// x / (1 + e^(-1.702 x)).
  case quickGELU
  case tanh

  /// The function of each value, in its place.
  public func apply(to values: UnsafeMutableBufferPointer<Float>) {
    qb_activate(values.baseAddress, values.count, epilogue)
  }

  var epilogue: qb_epilogue {
    switch self {
    case .geluTanh: QB_GELU_TANH
    case .gelu: QB_GELU_ERF
    case .relu: QB_RELU
    case .silu: QB_SILU
    case .quickGELU: QB_QUICK_GELU
    case .tanh: QB_TANH
    }
  }
}
