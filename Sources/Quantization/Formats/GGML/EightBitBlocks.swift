/// Q8_0: 32 weights of 8 bits and a Float16 scale d; weight = code × d.
public enum Q8_0Blocks: EncodableBlockFormat {
  public static let name = "Q8_0"
  public static let blockSize = 32
  public static let byteCount = 34

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    for index in 0..<32 { out[index] = Float(Int8(bitPattern: block.byte(2 + index))) * d }
  }

  /// d = absmax / 127 rounded to Float16; the codes are rounded, halves away from zero, by the scale
  /// before it was rounded.
  public static func encode(_ weights: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    var absmax: Float = 0
    for index in 0..<32 { absmax = max(absmax, abs(weights[index])) }
    let d = absmax / 127
    let inverse = blockInverse(d)
    block.store(half: d, at: 0)
    for index in 0..<32 {
      let code = (weights[index] * inverse).rounded(.toNearestOrAwayFromZero)
      block.storeBytes(of: Int8(max(-127, min(127, code))), toByteOffset: 2 + index, as: Int8.self)
    }
  }
}

/// 1/d; 0 where a scale is zero, or so small that its reciprocal is infinite: every code is then 0.
func blockInverse(_ d: Float) -> Float {
  let inverse = 1 / d
  return inverse.isFinite ? inverse : 0
}
