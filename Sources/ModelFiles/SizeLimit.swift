public import InputLimits

extension Limit {
  /// Why a size of a model, bounded by this limit, is none; nil where it is from 1 to the limit.
  public func problem(ofSize size: Int) -> String? {
    guard size < 1 || size > value else { return nil }
    return "must be from 1 to \(value), not \(size)" + (size > value ? " (\(cure(for: size)))" : "")
  }
}
