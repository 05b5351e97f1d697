internal import CKernels

/// What becomes of a product y = x Wᵀ + bias while it is still in the cache.
public enum ProductEpilogue: Hashable, Sendable, CaseIterable {
  /// y is the product.
  case store
  /// y is `gelu_new` of the product.
  case gelu
  /// The product is added to y.
  case add

  var identifier: qb_epilogue {
    switch self {
    case .store: QB_STORE
    case .gelu: QB_GELU
    case .add: QB_ADD
    }
  }
}
