internal import CKernels

/// The loops of encoding. Every path of the processor gives the same bits.
public enum Encoding {
  /// The greatest |x|.
  public static func absmax(_ x: UnsafeBufferPointer<Float>) -> Float {
    qb_absmax(x.baseAddress, x.count)
  }

  /// The least and the greatest of x; (0, 0) of nothing.
  public static func range(_ x: UnsafeBufferPointer<Float>) -> (minimum: Float, maximum: Float) {
    var minimum: Float = 0
    var maximum: Float = 0
    qb_range(x.baseAddress, x.count, &minimum, &maximum)
    return (minimum, maximum)
  }

  /// For each x: how many of 15 ascending thresholds lie below clamp(x × multiplier, -1, 1).
  public static func rank(
    _ x: UnsafeBufferPointer<Float>, multiplier: Float, thresholds: [Float],
    into ranks: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(thresholds.count == 15)
    precondition(ranks.count >= x.count)
    qb_rank(x.baseAddress, x.count, multiplier, thresholds, ranks.baseAddress)
  }

  /// For each x: x × multiplier + offset rounded half to even, within -128...127.
  public static func roundToInt8(
    _ x: UnsafeBufferPointer<Float>, multiplier: Float, offset: Float,
    into codes: UnsafeMutableBufferPointer<Int8>
  ) {
    precondition(codes.count >= x.count)
    qb_round_to_int8(x.baseAddress, x.count, multiplier, offset, codes.baseAddress)
  }

  /// Rounds each x to the nearest IEEE half, in place.
  public static func roundToHalf(_ x: UnsafeMutableBufferPointer<Float>) {
    qb_round_to_half(x.baseAddress, x.count, x.baseAddress)
  }

  /// The index of the first NaN or infinity.
  public static func firstNonFinite(_ x: UnsafeBufferPointer<Float>) -> Int? {
    let index = qb_first_non_finite(x.baseAddress, x.count)
    return index == x.count ? nil : index
  }
}
