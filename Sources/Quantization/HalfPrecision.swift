extension Float {
  /// The Float32 value of IEEE half-precision bits.
  public init(float16 bits: UInt16) {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF)
    // Exponent 15 biased to 127 by a multiplication, which sets subnormals right as well.
    let scaled = Float(bitPattern: magnitude << 13) * Float(bitPattern: UInt32(254 - 15) << 23)
    let special: UInt32 = magnitude >= 0x7C00 ? 0x7F80_0000 : 0  // ∞ and NaN
    self.init(bitPattern: scaled.bitPattern | special | sign)
  }

  /// The bits of the nearest IEEE half, ties to even; beyond 65519.99 infinity.
  public var float16Bits: UInt16 {
    let sign = UInt16(truncatingIfNeeded: bitPattern >> 16) & 0x8000
    let magnitude = bitPattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
    if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
      // Subnormal: adding 0.5, which is 0x3F00_0000, leaves the rounded bits above it.
      let shifted = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: shifted.bitPattern - 0x3F00_0000)
    }
    let rounded = magnitude + 0xFFF + (magnitude >> 13 & 1)
    return sign | UInt16(truncatingIfNeeded: (rounded - 0x3800_0000) >> 13)
  }

  /// The bits of the nearest bfloat16, ties to even.
  public var bfloat16Bits: UInt16 {
    if isNaN { return UInt16(truncatingIfNeeded: bitPattern >> 16) | 0x40 }
    return UInt16(truncatingIfNeeded: (bitPattern + 0x7FFF + (bitPattern >> 16 & 1)) >> 16)
  }
}
