import Yams

/// Where libyaml's marks and the parts of lines stand in the text.
extension YAMLText {
  /// The byte that a mark means; libyaml counts lines and code points from 1 on.
  func position(of mark: Mark?) -> Int {
    guard let mark, !lines.isEmpty else { return 0 }
    guard mark.line - 1 < lines.count else { return max(bytes.count - 1, 0) }
    let line = lines[max(mark.line - 1, 0)]
    var position = line.start
    for _ in 1..<max(mark.column, 1) where position < line.end {
      position += 1
      while position < line.end, bytes[position] & 0xC0 == 0x80 { position += 1 }
    }
    return position
  }

  /// The line feed that ends the line of a byte.
  func lineEnd(of position: Int) -> Int {
    lines.isEmpty ? 0 : lines[line(of: min(position, max(bytes.count - 1, 0)))].end
  }

  /// The first byte of the line that is no space.
  func contentStart(ofLineAt position: Int) -> Int {
    guard !lines.isEmpty else { return 0 }
    let line = lines[line(of: position)]
    return bytes[line.start..<line.end].firstIndex { !$0.isBlank } ?? line.end
  }

  /// After the last byte of the line that is no space.
  func contentEnd(ofLineAt position: Int) -> Int {
    guard !lines.isEmpty else { return 0 }
    let line = lines[line(of: position)]
    return (bytes[line.start..<line.end].lastIndex { !$0.isBlank }).map { $0 + 1 } ?? line.end
  }

  func isBracket(at position: Int) -> Bool {
    position < bytes.count
      && (bytes[position] == UInt8(ascii: "]") || bytes[position] == UInt8(ascii: "}"))
  }

  func isOpeningBracket(at position: Int) -> Bool {
    position < bytes.count
      && (bytes[position] == UInt8(ascii: "[") || bytes[position] == UInt8(ascii: "{"))
  }

  /// After the bracket that closes the one at a byte; quotes are passed over.
  func closingBracket(from start: Int) -> Int {
    var depth = 0
    var quote: UInt8?
    var position = start
    while position < bytes.count {
      let byte = bytes[position]
      if let open = quote {
        if byte == UInt8(ascii: "\\"), open == UInt8(ascii: "\"") { position += 1 }
        if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'"), position > start,
        bytes[position - 1].isBlankOrEnd || bytes[position - 1].isFlowIndicator
      {
        quote = byte
      } else if isOpeningBracket(at: position) {
        depth += 1
      } else if isBracket(at: position) {
        depth -= 1
        if depth == 0 { return position + 1 }
      }
      position += 1
    }
    return min(start + 1, bytes.count)
  }

  /// The escape that ends at or stands before a byte: backslash and the character after it.
  func escape(before position: Int) -> Range<Int> {
    let start = lines.isEmpty ? 0 : lines[line(of: position)].start
    let limit = min(position + 1, bytes.count)
    let backslash = bytes[start..<limit].lastIndex(of: UInt8(ascii: "\\")) ?? position
    return backslash..<min(escapeEnd(from: backslash), bytes.count)
  }

  /// After the escape that starts at a backslash.
  func escapeEnd(from position: Int) -> Int {
    guard position + 1 < bytes.count else { return bytes.count }
    let length: Int
    switch bytes[position + 1] {
    case UInt8(ascii: "x"): length = 4
    case UInt8(ascii: "u"): length = 6
    case UInt8(ascii: "U"): length = 10
    case .lineFeed:
      var end = position + 2
      while end < bytes.count, bytes[end].isBlank { end += 1 }
      return end
    default:
      length = 2
    }
    return min(position + length, bytes.count)
  }

  /// The lines of the outermost entry that a line belongs to: from the last line before it that is not
  /// indented to the next one.
  func entry(around line: Int) -> Range<Int> {
    guard lines.indices.contains(line) else { return 0..<0 }
    func isOutermost(_ index: Int) -> Bool {
      let first = bytes[lines[index].start]
      return !first.isBlankOrEnd && first != .hash && first != .colon
    }
    let start = (0...line).last(where: isOutermost) ?? line
    let end = (start + 1..<max(lines.count, start + 1)).first(where: isOutermost) ?? lines.count
    return start..<max(end, line + 1)
  }

  /// Where a key of this text is written, from a position on: plain or in quotes, with a colon after it.
  func keys(called name: String, from start: Int) -> [Range<Int>] {
    let spellings = [name, "'\(name)'", "\"\(name)\""].map { Array($0.utf8) }
    var found: [Range<Int>] = []
    var position = start
    while position < bytes.count {
      let before = position == 0 ? UInt8.lineFeed : bytes[position - 1]
      let isStart = before.isBlankOrEnd || before.isFlowIndicator
      let length =
        !isStart
        ? nil
        : spellings.first { spelling in
          bytes[position...].starts(with: spelling)
            && bytes[(position + spelling.count)...].first { !$0.isBlank } == .colon
        }?.count
      if let length {
        found.append(position..<position + length)
        position += length
      } else {
        position += 1
      }
    }
    return found
  }
}
