/// Sixteen bytes of four-bit codes: the low nibbles are the first 16 weights of a block, the high ones
/// the other 16.
@inline(__always)
private func forEachNibble(
  _ codes: UnsafeRawPointer, _ body: (_ index: Int, _ code: UInt8) -> Void
) {
  for index in 0..<16 {
    let byte = codes.byte(index)
    body(index, byte & 15)
    body(index + 16, byte >> 4)
  }
}

/// Q4_0: 32 weights of 4 bits and a Float16 scale d; weight = (code - 8) × d.
public enum Q4_0Blocks: EncodableBlockFormat {
  public static let name = "Q4_0"
  public static let blockSize = 32
  public static let byteCount = 18

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    forEachNibble(block + 2) { out[$0] = d * Float(Int($1) - 8) }
  }

  /// d = w / -8 for the weight w of largest magnitude, the first of several, so that it gets code 0.
  public static func encode(_ weights: UnsafePointer<Float>, into block: UnsafeMutableRawPointer) {
    var extreme = weights[0]
    for index in 1..<32 where abs(weights[index]) > abs(extreme) { extreme = weights[index] }
    let d = extreme / -8
    let inverse = blockInverse(d)
    block.store(half: d, at: 0)
    func code(_ weight: Float) -> UInt8 { UInt8(max(0, min(15, weight * inverse + 8.5))) }
    for index in 0..<16 {
      block.storeBytes(
        of: code(weights[index]) | code(weights[index + 16]) << 4, toByteOffset: 2 + index,
        as: UInt8.self)
    }
  }
}

/// Q4_1: 32 weights of 4 bits, a Float16 scale d and a Float16 minimum m; weight = code × d + m.
public enum Q4_1Blocks: BlockFormat {
  public static let name = "Q4_1"
  public static let blockSize = 32
  public static let byteCount = 20

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    let m = block.half(2)
    forEachNibble(block + 4) { out[$0] = d * Float($1) + m }
  }
}

/// IQ4_NL: as Q4_0, but the codes stand for sixteen levels that lie closer around zero.
public enum IQ4_NLBlocks: BlockFormat {
  public static let name = "IQ4_NL"
  public static let blockSize = 32
  public static let byteCount = 18

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    levels.withUnsafeBufferPointer { levels in
      forEachNibble(block + 2) { out[$0] = d * levels[Int($1)] }
    }
  }

  private static let levels: [Float] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
  ]
}
