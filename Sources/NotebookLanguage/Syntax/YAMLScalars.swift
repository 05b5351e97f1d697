import Diagnostics

/// A text as it is put together out of what was written, byte by byte.
private struct ScalarText {
  var bytes: [UInt8] = []
  /// For each byte, where it was written in the YAML text.
  var origins: [Int] = []
  /// Longer texts are no expressions: they need no place for each byte.
  private static let longestTraced = 4096

  mutating func append(_ byte: UInt8, from position: Int) {
    bytes.append(byte)
    origins.append(position)
  }

  mutating func append(_ text: YAMLText, _ range: Range<Int>) {
    for position in range { append(text.bytes[position], from: position) }
  }

  /// Line ends between two lines of a text: one is a space, each more is a line end.
  mutating func fold(_ count: Int, from position: Int) {
    if count == 1 { append(.space, from: position) }
    for _ in 1..<max(count, 1) { append(.lineFeed, from: position) }
  }

  func node(isQuoted: Bool, at range: Range<Int>, in text: YAMLText) -> YAMLNode {
    var node = YAMLNode(
      .scalar(String(decoding: bytes, as: UTF8.self), isQuoted: isQuoted), at: text.span(range))
    if bytes.count <= Self.longestTraced { node.origins = origins.map(text.notebookOffset) }
    return node
  }
}

extension YAMLReader {
  // MARK: - Plain

  /// A plain text of one line.
  func plainNode(_ range: Range<Int>) -> YAMLNode {
    YAMLNode(.scalar(text[range], isQuoted: false), at: text.span(range))
  }

  /// A plain text outside brackets: up to the end of the line or a comment, and over all lines that are
  /// indented deeper than `parent`.
  mutating func plain(inside parent: Int) throws(Diagnostic) -> YAMLNode {
    let start = position
    var end = try plainEnd()
    var lines = [position..<end]
    var folds: [Int] = []
    while let (next, count) = try continuation(after: end, inside: parent) {
      position = next
      if isAtDash {
        throw Diagnostic(
          .invalidYAML, "a list cannot go on where a text has begun",
          at: text.span(next..<next + 1))
      }
      do throws(Diagnostic) { end = try plainEnd() } catch { throw strayIndentation() }
      lines.append(next..<end)
      folds.append(count)
    }
    position = end
    guard lines.count > 1 else { return plainNode(start..<end) }
    return joined(lines, folds, at: start..<end)
  }

  /// Where the plain text on this line ends, without spaces after it.
  private func plainEnd() throws(Diagnostic) -> Int {
    let lineEnd = lineEnd(of: position)
    var end = position
    while end < lineEnd {
      let byte = text.bytes[end]
      if byte == .hash, end > position, text.bytes[end - 1].isBlank { break }
      if byte == .colon, text.bytes[end + 1].isBlankOrEnd {
        throw Diagnostic(
          .invalidYAML, "a text with ': ' in it needs quotes", at: text.span(end..<end + 1),
          help: "for a mapping, put the key on a line of its own, indented deeper")
      }
      end += 1
    }
    while end > position, text.bytes[end - 1].isBlank { end -= 1 }
    return end
  }

  /// The next line of a text that ends at `end` and has no comment after it, with the number of line
  /// ends before it.
  private func continuation(
    after end: Int, inside parent: Int
  ) throws(Diagnostic) -> (position: Int, lineEnds: Int)? {
    var line = text.line(of: end)
    guard !text.bytes[end..<text.lines[line].end].contains(.hash) else { return nil }
    let first = line
    while line + 1 < text.lines.count {
      line += 1
      let range = text.lines[line].start..<text.lines[line].end
      guard let start = text.bytes[range].firstIndex(where: { !$0.isBlank }) else { continue }
      guard text.bytes[start] != .hash else { return nil }
      guard !text.bytes[range.lowerBound..<start].contains(.tab) else {
        var reader = self
        reader.position = range.lowerBound
        try reader.skipToContent()
        return nil
      }
      return start - range.lowerBound > parent ? (start, line - first) : nil
    }
    return nil
  }

  private func joined(_ lines: [Range<Int>], _ folds: [Int], at range: Range<Int>) -> YAMLNode {
    var scalar = ScalarText()
    for (index, line) in lines.enumerated() {
      if index > 0 { scalar.fold(folds[index - 1], from: line.lowerBound) }
      scalar.append(text, line)
    }
    return scalar.node(isQuoted: false, at: range, in: text)
  }

  /// A plain text in brackets: up to a comma, a bracket, `: ` or a comment.
  mutating func plainInBrackets(inside parent: Int) -> YAMLNode {
    let start = position
    var lines: [Range<Int>] = []
    var folds: [Int] = []
    var end = start
    while true {
      let first = position
      while peek() != .lineFeed, !peek().isFlowIndicator {
        if peek() == .colon, peek(1).isBlankOrEnd || peek(1).isFlowIndicator { break }
        if peek() == .hash, position > first, text.bytes[position - 1].isBlank { break }
        position += 1
      }
      end = position
      while end > first, text.bytes[end - 1].isBlank { end -= 1 }
      lines.append(first..<end)
      guard peek() == .lineFeed else { break }
      let line = text.line(of: position)
      var copy = self
      guard (try? copy.skipToContent()) != nil, !copy.isAtEnd, !copy.peek().isFlowIndicator,
        copy.peek() != .colon,
        text.bytes[position..<copy.position].allSatisfy({ $0 != .hash })
      else { break }
      // Whether the next line is still in the brackets is for their reader to say.
      guard copy.column > parent else { break }
      folds.append(text.line(of: copy.position) - line)
      position = copy.position
    }
    guard lines.count > 1 else { return plainNode(start..<end) }
    return joined(lines, folds, at: start..<end)
  }

  // MARK: - Quoted

  /// A text in quotes, over several lines where need be.
  ///
  /// - Parameter parent: column of the key that it belongs to; nil for a key, which has one line.
  mutating func quoted(inside parent: Int?) throws(Diagnostic) -> YAMLNode {
    let start = position
    let quote = peek()
    var scalar = ScalarText()
    position += 1
    while !isAtEnd {
      let byte = peek()
      switch byte {
      case quote where quote == UInt8(ascii: "'") && peek(1) == quote:
        scalar.append(quote, from: position)
        position += 2
      case quote:
        position += 1
        return scalar.node(isQuoted: true, at: start..<position, in: text)
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
        try readEscape(into: &scalar)
      case .lineFeed:
        guard let parent, let next = quotedContinuation(inside: parent) else {
          throw unclosedQuote(at: start)
        }
        while let last = scalar.bytes.last, last.isBlank, scalar.origins.last ?? 0 > start,
          text.bytes[scalar.origins[scalar.origins.count - 1]].isBlank
        {
          scalar.bytes.removeLast()
          scalar.origins.removeLast()
        }
        scalar.fold(next.lineEnds, from: position)
        position = next.position
      default:
        scalar.append(byte, from: position)
        position += 1
      }
    }
    throw unclosedQuote(at: start)
  }

  private func unclosedQuote(at start: Int) -> Diagnostic {
    Diagnostic(
      .invalidYAML, "this quote is never closed", at: text.span(start..<start + 1),
      help: "the lines of a text in quotes are indented deeper than its key")
  }

  private func quotedContinuation(inside parent: Int) -> (position: Int, lineEnds: Int)? {
    let first = text.line(of: position)
    for (index, line) in text.lines[(first + 1)...].enumerated() {
      guard let start = text.bytes[line.start..<line.end].firstIndex(where: { !$0.isBlank }) else {
        continue
      }
      return start - line.start > parent ? (start, index + 1) : nil
    }
    return nil
  }

  private static let escapes: [UInt8: String] = [
    UInt8(ascii: "n"): "\n", UInt8(ascii: "t"): "\t", UInt8(ascii: "\t"): "\t",
    UInt8(ascii: "\""): "\"", UInt8(ascii: "\\"): "\\", UInt8(ascii: "/"): "/", .space: " ",
    UInt8(ascii: "_"): "\u{A0}", UInt8(ascii: "N"): "\u{85}", UInt8(ascii: "L"): "\u{2028}",
    UInt8(ascii: "P"): "\u{2029}",
  ]
  private static let digitCounts: [UInt8: Int] = [
    UInt8(ascii: "x"): 2, UInt8(ascii: "u"): 4, UInt8(ascii: "U"): 8,
  ]

  private mutating func readEscape(into scalar: inout ScalarText) throws(Diagnostic) {
    let start = position
    let kind = peek(1)
    if kind == .lineFeed {
      // A backslash at the end of a line joins it to the next without a space.
      position += 2
      while peek().isBlank { position += 1 }
      return
    }
    var replacement = Self.escapes[kind]
    var end = start + 2
    if let count = Self.digitCounts[kind] {
      end = min(end + count, lineEnd(of: start))
      let digits = text[start + 2..<end]
      if digits.allSatisfy(\.isHexDigit), digits.utf8.count == count,
        let value = UInt32(digits, radix: 16),
        let character = UnicodeScalar(value), value >= 0x20 || value == 0x09 || value == 0x0A,
        !(0x7F...0x9F).contains(value), value != 0xE000, value != 0xE001
      {
        replacement = String(Character(character))
      }
    }
    guard let replacement else {
      end = min(end, lineEnd(of: start))
      while end < text.bytes.count, text.bytes[end] & 0xC0 == 0x80 { end += 1 }
      throw Diagnostic(
        .invalidYAML, "'\(text[start..<end])' stands for no character", at: text.span(start..<end),
        help: "write \\\\ for a backslash, or use single quotes")
    }
    for byte in replacement.utf8 { scalar.append(byte, from: start) }
    position = end
  }

  // MARK: - Blocks

  /// `|` keeps its lines, `>` joins them; `-` or `+` after it says what becomes of the last line end.
  mutating func blockScalar(inside parent: Int) throws(Diagnostic) -> YAMLNode {
    let start = position
    let isFolded = peek() == UInt8(ascii: ">")
    position += 1
    var chomping: UInt8?
    var indentation: Int?
    while !peek().isBlankOrEnd {
      switch peek() {
      case UInt8(ascii: "-") where chomping == nil, UInt8(ascii: "+") where chomping == nil:
        chomping = peek()
      case UInt8(ascii: "1")...UInt8(ascii: "9") where indentation == nil:
        indentation = max(parent, 0) + Int(peek() - UInt8(ascii: "0"))
      default:
        throw Diagnostic(
          .invalidYAML, "a text in lines starts on the line after its '\(isFolded ? ">" : "|")'",
          at: text.span(position..<lineEnd(of: position)),
          help: "put a text that starts with this character in quotes")
      }
      position += 1
    }
    let header = text.line(of: start)
    let comment = text.bytes[position..<lineEnd(of: start)].drop { $0.isBlank }
    guard comment.isEmpty || comment.first == .hash else {
      throw Diagnostic(
        .invalidYAML, "expected the end of the line",
        at: text.span(comment.startIndex..<comment.endIndex))
    }
    var lines: [Range<Int>] = []
    for line in text.lines[(header + 1)...] {
      let first = text.bytes[line.start..<line.end].firstIndex { $0 != .space }
      if let first {
        let column = first - line.start
        if indentation == nil, column > max(parent, 0) { indentation = column }
        guard let indentation, column >= indentation else { break }
      }
      lines.append((indentation.map { min(line.start + $0, line.end) } ?? line.end)..<line.end)
    }
    var trailing = 0
    while let last = lines.last, last.isEmpty {
      lines.removeLast()
      trailing += 1
    }
    position =
      text.lines.indices.contains(header + 1 + lines.count + trailing)
      ? text.lines[header + 1 + lines.count + trailing].start : text.bytes.count
    var scalar = isFolded ? folded(lines) : literal(lines)
    let end = lines.last?.upperBound ?? start
    if chomping != UInt8(ascii: "-"), !lines.isEmpty { scalar.append(.lineFeed, from: end) }
    if chomping == UInt8(ascii: "+") {
      for _ in 0..<trailing { scalar.append(.lineFeed, from: end) }
    }
    return scalar.node(isQuoted: true, at: start..<max(end, start + 1), in: text)
  }

  private func literal(_ lines: [Range<Int>]) -> ScalarText {
    var scalar = ScalarText()
    for (index, line) in lines.enumerated() {
      if index > 0 { scalar.append(.lineFeed, from: line.lowerBound) }
      scalar.append(text, line)
    }
    return scalar
  }

  /// Neighbouring lines are joined by spaces; lines that are indented further stay as they are.
  private func folded(_ lines: [Range<Int>]) -> ScalarText {
    var scalar = ScalarText()
    var blankLines = 0
    var previous: Range<Int>?
    func isKept(_ line: Range<Int>) -> Bool { text.bytes[line.lowerBound].isBlank }
    for line in lines {
      guard !line.isEmpty else {
        blankLines += 1
        continue
      }
      if let previous {
        let isBreak = isKept(previous) || isKept(line)
        if isBreak {
          for _ in 0...blankLines { scalar.append(.lineFeed, from: line.lowerBound) }
        } else {
          scalar.fold(blankLines + 1, from: line.lowerBound)
        }
      } else {
        for _ in 0..<blankLines { scalar.append(.lineFeed, from: line.lowerBound) }
      }
      scalar.append(text, line)
      previous = line
      blankLines = 0
    }
    return scalar
  }
}
