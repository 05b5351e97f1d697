import Diagnostics
import Yams

/// Where a scalar that libyaml read stands in the text: libyaml tells the beginning only.
///
/// Each byte of the value is found again in what was written: quotes, escapes, folded lines and
/// indentation are passed over.
enum ScalarTrace {
  /// Longer texts are no expressions: they need no place for each byte.
  private static let longestTraced = 4096

  static func node(_ scalar: Node.Scalar, at start: Int, in text: YAMLText) -> YAMLNode {
    let isPlain = scalar.style == .plain || scalar.style == .any
    let value = Array(scalar.string.utf8)
    let end = start + value.count
    // Written as it is, on one line.
    if isPlain, end <= text.bytes.count, text.bytes[start..<end].elementsEqual(value) {
      return YAMLNode(.scalar(scalar.string, isQuoted: false), at: text.span(start..<end))
    }
    var (origins, last) = trace(value, from: start, in: text)
    switch scalar.style {
    case .singleQuoted, .doubleQuoted:
      last = closing(after: start, in: text)
    case .literal, .folded:
      let end = origins.last { text.bytes[$0] != .lineFeed }.map { $0 + 1 }
      last = end ?? text.lineEnd(of: start)
    default: break
    }
    var node = YAMLNode(
      .scalar(scalar.string, isQuoted: !isPlain), at: text.span(start..<max(last, start)))
    if value.count <= longestTraced, origins.count == value.count {
      node.origins = origins.map(text.notebookOffset)
    } else {
      origins = []
    }
    return node
  }

  /// For each byte of the value its position, and the position after the last.
  private static func trace(
    _ value: [UInt8], from start: Int, in text: YAMLText
  ) -> (origins: [Int], end: Int) {
    var origins: [Int] = []
    guard value.count <= longestTraced else { return ([], start + 1) }
    var position = start
    let quote = start < text.bytes.count ? text.bytes[start] : .lineFeed
    let isQuoted = quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'")
    if isQuoted { position += 1 }
    if quote == UInt8(ascii: "|") || quote == UInt8(ascii: ">") {
      position = text.lineEnd(of: position) + 1
    }
    var wasFolded = false
    for byte in value {
      let isSpace = byte == .space || byte == .lineFeed
      // A folded line end is a space, or nothing, in the value.
      if !isSpace || wasFolded {
        while position < text.bytes.count, text.bytes[position] != byte,
          text.bytes[position].isBlankOrEnd
        {
          position += 1
        }
      }
      guard position < text.bytes.count else { return ([], start + 1) }
      let written = text.bytes[position]
      if written == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        origins.append(position)
        // One escape may stand for several bytes.
        if byte & 0xC0 != 0x80 || byte < 0x80 { position = text.escapeEnd(from: position) }
        continue
      }
      if byte & 0xC0 == 0x80, written & 0xC0 != 0x80 {
        // Further bytes of a character that was escaped.
        origins.append(origins.last ?? position)
        continue
      }
      guard written == byte || (isSpace && written.isBlankOrEnd) else { return ([], start + 1) }
      origins.append(position)
      wasFolded = isSpace && written == .lineFeed
      position += written == quote && quote == UInt8(ascii: "'") && isQuoted ? 2 : 1
    }
    return (origins, position)
  }

  /// After the quote that closes the text.
  private static func closing(after start: Int, in text: YAMLText) -> Int {
    let quote = text.bytes[start]
    var position = start + 1
    while position < text.bytes.count {
      let byte = text.bytes[position]
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        position += 2
        continue
      }
      guard byte == quote else {
        position += 1
        continue
      }
      if quote == UInt8(ascii: "'"), position + 1 < text.bytes.count,
        text.bytes[position + 1] == quote
      {
        position += 2
        continue
      }
      return position + 1
    }
    return text.lineEnd(of: start)
  }
}
