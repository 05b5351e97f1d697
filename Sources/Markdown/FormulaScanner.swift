import InputLimits

/// Finds the formulas of a Markdown text, `$…$` and `$$…$$`, and writes the text with tokens for them.
///
/// CommonMark knows no formulas: it would take `a_1 b_2` in one for emphasis and drop its backslashes.
/// The rules are those of GitHub and Pandoc: an opening dollar has no white space after it, a closing
/// one none before it and no letter or digit after it, and between the two is none, so that prices stay
/// prices; a formula ends with its paragraph; `\$` is a dollar; `` $`…`$ `` may hold anything. Code is left alone.
///
/// Each line of a formula has a token of its own, so that the text keeps its lines.
struct FormulaScanner {
  struct Formula: Hashable {
    /// Without its dollars; lines of one in a blockquote without their `>`.
    var source: String
    var isDisplay: Bool
  }

  /// What a token stands for.
  struct Piece: Hashable {
    /// The formula whose first line this is; nil for its further lines.
    var formula: Formula?
    /// The characters that the token replaced.
    var original: String
  }

  private(set) var pieces: [Piece] = []
  private(set) var text: String

  private let bytes: [UInt8]
  private var output: [UInt8] = []
  /// Bytes before this one are in `output`.
  private var copied = 0
  /// Where the paragraph ends that is being read.
  private var paragraphEnd = 0
  /// Up to where the paragraph is known to have no closer of a kind, so that nothing is searched twice.
  private var searched: [Closer: Int] = [:]

  private enum Closer: Hashable {
    case inline, display, quoted
    case code(Int)
  }

  private let longest = Limit.formulaLength.value
  private let mostPieces = Limit.formulas.value

  init(_ text: String) {
    self.text = text
    bytes =
      text.utf8.contains(.dollar) && !text.contains(Placeholders.formulaOpening)
      ? Array(text.utf8) : []
    scan()
    guard !pieces.isEmpty else { return }
    output += bytes[copied...]
    self.text = String(decoding: output, as: UTF8.self)
  }

  // MARK: - Lines

  private mutating func scan() {
    var position = 0
    while position < bytes.count {
      let line = position..<endOfLine(position)
      if let fence = Fence(opening: bytes[line]) {
        position = end(of: fence, from: nextLine(line.upperBound))
      } else if isBlank(line) {
        position = nextLine(line.upperBound)
      } else {
        position = scanParagraph(from: line.lowerBound)
      }
    }
  }

  /// Reads lines up to a blank one or a fence; gives the start of what follows.
  private mutating func scanParagraph(from start: Int) -> Int {
    paragraphEnd = nextLine(endOfLine(start))
    while paragraphEnd < bytes.count {
      let line = paragraphEnd..<endOfLine(paragraphEnd)
      if isBlank(line) || Fence(opening: bytes[line]) != nil { break }
      paragraphEnd = nextLine(line.upperBound)
    }
    searched = [:]
    var position = start
    while position < paragraphEnd {
      switch bytes[position] {
      case .backslash: position += 2
      case .backtick: position = afterCode(position)
      case .dollar: position = afterDollar(position)
      default: position += 1
      }
    }
    return paragraphEnd
  }

  private func endOfLine(_ start: Int) -> Int {
    bytes[start...].firstIndex { $0 == 0x0A || $0 == 0x0D } ?? bytes.count
  }

  /// Where the line after the one that ends at `end` starts.
  private func nextLine(_ end: Int) -> Int {
    guard end < bytes.count else { return bytes.count }
    let isPair = bytes[end] == 0x0D && end + 1 < bytes.count && bytes[end + 1] == 0x0A
    return end + (isPair ? 2 : 1)
  }

  private func isBlank(_ line: Range<Int>) -> Bool {
    bytes[line].allSatisfy { $0.isPrefix }
  }

  private func end(of fence: Fence, from start: Int) -> Int {
    var position = start
    while position < bytes.count {
      let line = position..<endOfLine(position)
      position = nextLine(line.upperBound)
      if fence.isClosed(by: bytes[line]) { break }
    }
    return position
  }

  // MARK: - Code and formulas

  private func run(at position: Int) -> Int {
    bytes[position...].prefix { $0 == bytes[position] }.count
  }

  /// After a span of code, or after its backticks where nothing closes them.
  private mutating func afterCode(_ position: Int) -> Int {
    let length = run(at: position)
    let start = position + length
    var end = max(start, searched[.code(length)] ?? 0)
    while end < paragraphEnd {
      if bytes[end] == .backtick {
        let closing = run(at: end)
        if closing == length { return end + closing }
        end += closing
      } else {
        end += 1
      }
    }
    searched[.code(length)] = paragraphEnd
    return start
  }

  private mutating func afterDollar(_ position: Int) -> Int {
    let length = run(at: position)
    guard length <= 2, pieces.count < mostPieces else { return position + length }
    let start = position + length
    if length == 2 {
      guard let end = closer(.display, from: start) else { return start }
      append(start..<end, within: position..<end + 2, isDisplay: true)
      return end + 2
    }
    let before = position > 0 ? bytes[position - 1] : .space
    guard !before.isWord, start < paragraphEnd, !bytes[start].isSpace else { return start }
    if bytes[start] == .backtick {
      guard let end = closer(.quoted, from: start + 1) else { return start }
      append(start + 1..<end, within: position..<end + 2, isDisplay: false)
      return end + 2
    }
    guard let end = closer(.inline, from: start) else { return start }
    append(start..<end, within: position..<end + 1, isDisplay: false)
    return end + 1
  }

  /// Where the first closer of this kind stands in the rest of the paragraph.
  private mutating func closer(_ closer: Closer, from start: Int) -> Int? {
    var position = max(start, searched[closer] ?? 0)
    let limit = min(paragraphEnd, start + longest)
    while position < limit {
      switch (bytes[position], closer) {
      case (.backslash, .inline), (.backslash, .display): position += 1
      case (.dollar, .inline): return isInlineCloser(position) && position > start ? position : nil
      case (.dollar, .display) where position + 1 < paragraphEnd && bytes[position + 1] == .dollar:
        return position > start ? position : nil
      case (.backtick, .quoted) where position + 1 < paragraphEnd && bytes[position + 1] == .dollar:
        return position > start ? position : nil
      default: break
      }
      position += 1
    }
    searched[closer] = limit
    return nil
  }

  private func isInlineCloser(_ position: Int) -> Bool {
    guard !bytes[position - 1].isSpace else { return false }
    let next = position + 1 < bytes.count ? bytes[position + 1] : .space
    return !next.isWord && next != .dollar
  }

  // MARK: - Tokens

  private mutating func append(_ inner: Range<Int>, within outer: Range<Int>, isDisplay: Bool) {
    var lines: [String] = []
    var start = inner.lowerBound
    while start <= inner.upperBound {
      let end = min(endOfLine(start), inner.upperBound)
      lines.append(String(decoding: bytes[start..<end], as: UTF8.self))
      guard end < inner.upperBound else { break }
      start = nextLine(end)
      // What a blockquote or a list puts before each of its lines is none of the formula.
      start += bytes[start..<inner.upperBound].prefix { $0.isPrefix }.count
    }
    let source = lines.joined(separator: "\n").trimmingSpace
    guard !source.isEmpty else { return }
    output += bytes[copied..<outer.lowerBound]
    var formula: Formula? = Formula(source: source, isDisplay: isDisplay)
    var position = outer.lowerBound
    while position < outer.upperBound {
      let end = min(endOfLine(position), outer.upperBound)
      output += Placeholders.formulaToken(pieces.count).utf8
      pieces.append(
        Piece(formula: formula, original: String(decoding: bytes[position..<end], as: UTF8.self)))
      formula = nil
      guard end < outer.upperBound else { break }
      position = nextLine(end)
      position += bytes[position..<outer.upperBound].prefix { $0.isPrefix }.count
      output += bytes[end..<position]
    }
    copied = outer.upperBound
  }

  /// `text` with tokens turned back into what the author wrote, as in a listing.
  func restoring(_ text: String) -> String {
    Placeholders.replacingFormulas(in: text) {
      pieces.indices.contains($0) ? pieces[$0].original : ""
    }
  }
}

/// The line that opens a fenced block of code.
private struct Fence {
  let mark: UInt8
  let length: Int

  init?(opening line: ArraySlice<UInt8>) {
    var rest = line.drop { $0.isPrefix }
    // A list's item may begin with a fence.
    while let first = rest.first {
      if first == UInt8(ascii: "-") || first == UInt8(ascii: "+") || first == UInt8(ascii: "*") {
        rest = rest.dropFirst()
      } else if first.isDigit {
        rest = rest.drop { $0.isDigit }
        guard let mark = rest.first, mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")") else {
          return nil
        }
        rest = rest.dropFirst()
      } else {
        break
      }
      guard rest.first?.isPrefix == true else { return nil }
      rest = rest.drop { $0.isPrefix }
    }
    guard let mark = rest.first, mark == .backtick || mark == UInt8(ascii: "~") else { return nil }
    let length = rest.prefix { $0 == mark }.count
    guard length >= 3 else { return nil }
    // Backticks in its info string make it a span of code.
    if mark == .backtick, rest.dropFirst(length).contains(.backtick) { return nil }
    self.mark = mark
    self.length = length
  }

  func isClosed(by line: ArraySlice<UInt8>) -> Bool {
    let rest = line.drop { $0.isPrefix }
    let count = rest.prefix { $0 == mark }.count
    return count >= length && rest.dropFirst(count).allSatisfy { $0.isSpace }
  }
}

extension UInt8 {
  fileprivate static var dollar: UInt8 { UInt8(ascii: "$") }
  fileprivate static var backslash: UInt8 { UInt8(ascii: "\\") }
  fileprivate static var backtick: UInt8 { UInt8(ascii: "`") }
  fileprivate static var space: UInt8 { UInt8(ascii: " ") }

  fileprivate var isSpace: Bool { self == .space || (0x09...0x0D).contains(self) }
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  /// White space or the mark of a blockquote.
  fileprivate var isPrefix: Bool { isSpace || self == UInt8(ascii: ">") }
  fileprivate var isWord: Bool {
    isDigit || (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self >= 0x80
  }
}
