/// Cuts a text into words as GPT-2 does, before byte pairs are merged inside each word.
///
/// The words are the successive matches of
/// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
/// (openai/gpt-2, `src/encoder.py`), found by hand over UTF-8. They cover the text without a gap.
/// `\s` is Unicode's White_Space. A byte that is not UTF-8 counts as a symbol.
struct GPT2Words: IteratorProtocol {
  private enum Class: UInt8 {
    case letter, number, space, symbol
  }

  private let text: UnsafeBufferPointer<UInt8>
  private var position: Int

  /// Words of `text`; it must outlive this value.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    self.text = text
    position = 0
  }

  /// The byte range of the next word; nil at the end.
  mutating func next() -> Range<Int>? {
    let start = position
    guard start < text.count else { return nil }
    position = end(ofWordAt: start)
    return start..<position
  }

  private func end(ofWordAt start: Int) -> Int {
    let first = text[start]
    if first == UInt8(ascii: "'"), let end = end(ofContractionAt: start) { return end }
    let (kind, next) = classify(start)
    guard kind == .space else { return end(ofRunOf: kind, from: next) }
    if first == UInt8(ascii: " "), next < text.count {
      let (following, after) = classify(next)
      if following != .space { return end(ofRunOf: following, from: after) }
    }
    return end(ofSpaceFrom: start)
  }

  /// `'s`, `'t`, `'m`, `'d`, `'re`, `'ve`, `'ll`, in lower case only.
  private func end(ofContractionAt start: Int) -> Int? {
    guard start + 1 < text.count else { return nil }
    let second = text[start + 1]
    switch second {
    case UInt8(ascii: "s"), UInt8(ascii: "t"), UInt8(ascii: "m"), UInt8(ascii: "d"):
      return start + 2
    case UInt8(ascii: "r"), UInt8(ascii: "v"), UInt8(ascii: "l"):
      let third = second == UInt8(ascii: "l") ? second : UInt8(ascii: "e")
      return start + 2 < text.count && text[start + 2] == third ? start + 3 : nil
    default: return nil
    }
  }

  private func end(ofRunOf kind: Class, from start: Int) -> Int {
    var position = start
    if kind == .letter {  // Most of a text are letters of ASCII.
      while position < text.count, Self.isASCIILetter(text[position]) { position += 1 }
    }
    while position < text.count {
      let (following, next) = classify(position)
      if following != kind { break }
      position = next
    }
    return position
  }

  /// `\s+(?!\S)|\s+`: a run of space leaves its last character to the word that follows it.
  private func end(ofSpaceFrom start: Int) -> Int {
    var position = start
    var last = start
    while position < text.count {
      let (kind, next) = classify(position)
      if kind != .space { return last > start ? last : position }
      last = position
      position = next
    }
    return position
  }

  /// The class of the character at `position`, and where the next one begins.
  @inline(__always)
  private func classify(_ position: Int) -> (Class, next: Int) {
    let byte = text[position]
    if byte >= 0x80 { return classifyNonASCII(position) }
    if Self.isASCIILetter(byte) { return (.letter, position + 1) }
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t")...UInt8(ascii: "\r"): return (.space, position + 1)
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return (.number, position + 1)
    default: return (.symbol, position + 1)
    }
  }

  @inline(__always)
  private static func isASCIILetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  private func classifyNonASCII(_ position: Int) -> (Class, next: Int) {
    guard let (scalar, next) = text.scalar(at: position) else { return (.symbol, position + 1) }
    let properties = scalar.properties
    switch properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
      return (.letter, next)
    case .decimalNumber, .letterNumber, .otherNumber: return (.number, next)
    default: return (properties.isWhitespace ? .space : .symbol, next)
    }
  }
}
