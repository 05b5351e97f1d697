/// The 6-bit scales and minima of the eight runs of 32 weights in a block of Q4_K and Q5_K, in twelve
/// bytes: the first four runs have the low six bits of a byte each, the others a nibble of the last four
/// bytes and the two bits that the first eight have left.
private struct RunScales {
  private let bytes: UnsafeRawPointer

  init(_ bytes: UnsafeRawPointer) { self.bytes = bytes }

  func scale(_ run: Int) -> Float {
    Float(
      run < 4
        ? bytes.byte(run) & 63 : bytes.byte(run + 4) & 15 | (bytes.byte(run - 4) & 0xC0) >> 2)
  }

  func minimum(_ run: Int) -> Float {
    Float(
      run < 4
        ? bytes.byte(run + 4) & 63 : bytes.byte(run + 4) >> 4 | (bytes.byte(run) & 0xC0) >> 2)
  }
}

/// Q4_K: 256 weights of 4 bits in runs of 32, each with a scale s and a minimum m of 6 bits, over
/// Float16 scales d and e of the block; weight = (d × s) × code - (e × m).
public enum Q4_KBlocks: BlockFormat {
  public static let name = "Q4_K"
  public static let blockSize = 256
  public static let byteCount = 144

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let (d, e) = (block.half(0), block.half(2))
    let scales = RunScales(block + 4)
    for run in 0..<8 {
      let scale = d * scales.scale(run)
      let minimum = e * scales.minimum(run)
      // Two runs share 32 bytes, the first has the low nibbles.
      let codes = block + 16 + run / 2 * 32
      let shift = UInt8(run % 2 * 4)
      for index in 0..<32 {
        out[run * 32 + index] = scale * Float(codes.byte(index) >> shift & 15) - minimum
      }
    }
  }
}

/// Q5_K: as Q4_K, with a fifth bit of each code: bit `run` of 32 bytes that the runs share.
public enum Q5_KBlocks: BlockFormat {
  public static let name = "Q5_K"
  public static let blockSize = 256
  public static let byteCount = 176

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let (d, e) = (block.half(0), block.half(2))
    let scales = RunScales(block + 4)
    let fifth = block + 16
    for run in 0..<8 {
      let scale = d * scales.scale(run)
      let minimum = e * scales.minimum(run)
      let codes = block + 48 + run / 2 * 32
      let shift = UInt8(run % 2 * 4)
      for index in 0..<32 {
        let code = codes.byte(index) >> shift & 15 | (fifth.byte(index) >> UInt8(run) & 1) << 4
        out[run * 32 + index] = scale * Float(code) - minimum
      }
    }
  }
}

/// Q6_K: 256 weights of 6 bits in runs of 16, each with a scale s of 8 bits, over a Float16 scale d of
/// the block; weight = (d × s) × (code - 32).
public enum Q6_KBlocks: BlockFormat {
  public static let name = "Q6_K"
  public static let blockSize = 256
  public static let byteCount = 210

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(208)
    // Halves of 128 weights; each of their four runs of 32 has nibbles in 64 bytes and pairs of bits
    // in 32.
    for half in 0..<2 {
      let nibbles = block + half * 64
      let pairs = block + 128 + half * 32
      for run in 0..<4 {
        for index in 0..<32 {
          let low = nibbles.byte(run % 2 * 32 + index) >> UInt8(run / 2 * 4) & 15
          let high = pairs.byte(index) >> UInt8(run * 2) & 3
          let place = half * 128 + run * 32 + index
          let scale = d * Float(Int8(bitPattern: block.byte(192 + place / 16)))
          out[place] = scale * Float(Int(low | high << 4) - 32)
        }
      }
    }
  }
}
