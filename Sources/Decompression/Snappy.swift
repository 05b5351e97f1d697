/// Snappy's raw blocks: a length, then literals and copies of what was before.
///
/// Source: `format_description.txt` of google/snappy.
enum Snappy {
  /// - Returns: how many bytes the block has: all, as nothing in it says where it ends.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: inout BoundedOutput
  ) throws -> Int {
    var reader = Reader(bytes: input)
    let count = try reader.length()
    // No three bytes give more than 64: what claims more need not be tried.
    guard count / 64 <= input.count else { throw DecompressionError(.damaged, .snappy) }
    try output.append(count: count) { target in
      var end = 0
      while let tag = reader.next() {
        guard tag & 3 != 0 else {
          let literal = try reader.take(reader.literalLength(tag))
          guard literal.count <= count - end else { throw damaged }
          UnsafeMutableRawBufferPointer(rebasing: target[end...]).copyMemory(from: literal)
          end += literal.count
          continue
        }
        let (length, offset) = try reader.copy(tag)
        guard offset > 0, offset <= end, length <= count - end else { throw damaged }
        // One after the other: a copy may reach into itself.
        for place in end..<end + length { target[place] = target[place - offset] }
        end += length
      }
      guard end == count else { throw DecompressionError(.truncated, .snappy) }
    }
    return input.count
  }

  private static var damaged: DecompressionError { DecompressionError(.damaged, .snappy) }

  private struct Reader {
    let bytes: UnsafeRawBufferPointer
    private var offset = 0

    init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func next() -> UInt8? {
      guard offset < bytes.count else { return nil }
      defer { offset += 1 }
      return bytes[offset]
    }

    mutating func take(_ count: Int) throws(DecompressionError) -> UnsafeRawBufferPointer {
      guard count <= bytes.count - offset else { throw DecompressionError(.truncated, .snappy) }
      defer { offset += count }
      return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Little-endian, of one to four bytes.
    private mutating func number(_ count: Int) throws(DecompressionError) -> Int {
      var value = 0
      for (index, byte) in try take(count).enumerated() { value |= Int(byte) << (8 * index) }
      return value
    }

    /// Seven bits a byte, the lowest first; 32 bits.
    mutating func length() throws(DecompressionError) -> Int {
      var value = 0
      for shift in stride(from: 0, to: 35, by: 7) {
        guard let byte = next() else { throw DecompressionError(.truncated, .snappy) }
        value |= Int(byte & 0x7F) << shift
        if byte < 0x80 {
          guard value <= UInt32.max else { break }
          return value
        }
      }
      throw damaged
    }

    mutating func literalLength(_ tag: UInt8) throws(DecompressionError) -> Int {
      let short = Int(tag >> 2)
      return try short < 60 ? short + 1 : number(short - 59) + 1
    }

    mutating func copy(_ tag: UInt8) throws(DecompressionError) -> (length: Int, offset: Int) {
      switch tag & 3 {
      case 1: (4 + Int(tag >> 2 & 7), try Int(tag >> 5) << 8 | number(1))
      case 2: (1 + Int(tag >> 2), try number(2))
      default: (1 + Int(tag >> 2), try number(4))
      }
    }
  }
}
