/// Reading UTF-8 that may be broken: a byte that is not well-formed is a character of its own.
extension UnsafeBufferPointer<UInt8> {
  /// The scalar at `position` and where the next one begins; nil where the bytes are not well-formed.
  func scalar(at position: Int) -> (scalar: Unicode.Scalar, next: Int)? {
    let first = self[position]
    if first < 0x80 { return (Unicode.Scalar(first), position + 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    guard first >= 0xC2, first <= 0xF4, position + length <= count else { return nil }
    var value = UInt32(first) & (0x7F >> UInt32(length))
    for index in position + 1..<position + length {
      guard self[index] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(self[index] & 0x3F)
    }
    let smallest: UInt32 = length == 4 ? 0x10000 : length == 3 ? 0x800 : 0x80
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, position + length)
  }

  /// Where the character that ends at `end`, which is greater than 0, begins.
  func start(ofCharacterBefore end: Int) -> Int {
    for length in 1...4 where end >= length {
      if let (_, next) = scalar(at: end - length), next == end { return end - length }
    }
    return end - 1
  }

  /// The character at `position`, U+FFFD for a byte that is not well-formed, and where the next begins.
  func character(at position: Int) -> (scalar: Unicode.Scalar, next: Int) {
    scalar(at: position) ?? ("\u{FFFD}", position + 1)
  }
}
