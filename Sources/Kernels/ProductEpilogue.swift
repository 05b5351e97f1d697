internal import CKernels

/// What becomes of a product y = x Wᵀ + bias while it is still in the cache.
public enum ProductEpilogue: Hashable, Sendable {
  /// y is the product.
  case store
  /// y is the function of the product.
  case activation(ActivationFunction)
  /// The product is added to y.
  case add

  var identifier: qb_epilogue {
    switch self {
    case .store: QB_STORE
    case .activation(let function): function.epilogue
    case .add: QB_ADD
    }
  }
}
