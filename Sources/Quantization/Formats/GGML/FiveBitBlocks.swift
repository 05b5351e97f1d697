/// Five-bit codes of a block: four bytes of fifth bits, a bit a weight, then 16 bytes of nibbles, the
/// low ones of the first 16 weights and the high ones of the others.
@inline(__always)
private func forEachCode(
  _ codes: UnsafeRawPointer, _ body: (_ index: Int, _ code: UInt8) -> Void
) {
  let fifth = UInt32(littleEndian: codes.loadUnaligned(as: UInt32.self))
  for index in 0..<16 {
    let byte = codes.byte(4 + index)
    body(index, byte & 15 | UInt8(fifth >> UInt32(index) & 1) << 4)
    body(index + 16, byte >> 4 | UInt8(fifth >> UInt32(index + 16) & 1) << 4)
  }
}

/// Q5_0: 32 weights of 5 bits and a Float16 scale d; weight = (code - 16) × d.
public enum Q5_0Blocks: BlockFormat {
  public static let name = "Q5_0"
  public static let blockSize = 32
  public static let byteCount = 22

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    forEachCode(block + 2) { out[$0] = d * Float(Int($1) - 16) }
  }
}

/// Q5_1: 32 weights of 5 bits, a Float16 scale d and a Float16 minimum m; weight = code × d + m.
public enum Q5_1Blocks: BlockFormat {
  public static let name = "Q5_1"
  public static let blockSize = 32
  public static let byteCount = 24

  public static func decode(_ block: UnsafeRawPointer, into out: UnsafeMutablePointer<Float>) {
    let d = block.half(0)
    let m = block.half(2)
    forEachCode(block + 4) { out[$0] = d * Float($1) + m }
  }
}
