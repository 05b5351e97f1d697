/// Bytes that come in pieces, given out as text as soon as characters are whole.
struct TextStream {
  private var bytes: [UInt8] = []

  /// The text that is whole with these bytes.
  mutating func add(_ more: some Sequence<UInt8>) -> String {
    bytes += more
    let count = bytes.count - unfinished
    defer { bytes.removeFirst(count) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  /// What is left at the end, which is no whole character.
  var rest: String { String(decoding: bytes, as: UTF8.self) }

  /// Bytes at the end that may be the beginning of a character.
  private var unfinished: Int {
    for count in 1...3 where count <= bytes.count {
      let byte = bytes[bytes.count - count]
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      if byte & 0xC0 != 0x80 { return length > count ? count : 0 }
    }
    return 0
  }
}
