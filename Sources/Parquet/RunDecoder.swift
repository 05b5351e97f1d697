/// Small numbers in runs of equal ones and in packed groups of eight: RLE, which Parquet has for levels and
/// for places in a dictionary.
struct RunDecoder {
  private var cursor: ByteCursor
  private let bitWidth: Int
  /// Numbers that are left of the run.
  private var left = 0
  /// Of a run of equal numbers; nil in a packed one.
  private var equal: Int?
  private var bits: UInt64 = 0
  private var bitCount = 0

  init(_ bytes: UnsafeRawBufferPointer, bitWidth: Int) throws(ParquetError) {
    guard 0...32 ~= bitWidth else { throw .damaged("numbers of \(bitWidth) bits") }
    cursor = ByteCursor(bytes)
    self.bitWidth = bitWidth
  }

  mutating func next() throws(ParquetError) -> Int {
    while left == 0 { try beginRun() }
    left -= 1
    if let equal { return equal }
    while bitCount < bitWidth {
      bits |= UInt64(try cursor.byte()) << UInt64(bitCount)
      bitCount += 8
    }
    defer {
      bits >>= UInt64(bitWidth)
      bitCount -= bitWidth
    }
    return Int(bits & ((1 << UInt64(bitWidth)) - 1))
  }

  private mutating func beginRun() throws(ParquetError) {
    let header = try cursor.varint()
    guard header <= UInt32.max else { throw .damaged("a run without end") }
    bits = 0
    bitCount = 0
    if header & 1 == 1 {
      left = Int(header >> 1) * 8
      equal = nil
      return
    }
    left = Int(header >> 1)
    var value = 0
    for (index, byte) in try cursor.take((bitWidth + 7) / 8).enumerated() {
      value |= Int(byte) << (8 * index)
    }
    equal = value
  }
}
