/// Prints diagnostics for people and editors:
///
///     report.md:41:9: error: unknown scheme 'nf-4' [QB0203]
///        41 | scheme: nf-4
///           |         ^~~~
///     help: did you mean 'nf4'?
public struct TextRenderer: Sendable {
  /// Whether to mark severities by colour (ANSI escape codes).
  public var usesColour: Bool

  public init(usesColour: Bool = false) { self.usesColour = usesColour }

  /// The diagnostics in the order of their places, with a blank line between them.
  public func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map(render).joined(separator: "\n")
  }

  /// One diagnostic, ending in a line feed.
  public func render(_ diagnostic: Diagnostic) -> String {
    let severity = painted(
      "\(diagnostic.severity.rawValue):", diagnostic.severity == .error ? "31" : "33")
    let head =
      "\(severity) \(painted(diagnostic.message.onOneLine, "0")) [\(diagnostic.code.rawValue)]\n"
    var text = ""
    if let span = diagnostic.span {
      text += "\(span.place.onOneLine): \(head)\(excerpt(span))"
    } else {
      text += head
    }
    for note in diagnostic.notes {
      let place = note.span.map { "\($0.place.onOneLine): " } ?? ""
      text += "\(place)\(painted("note:", "36")) \(note.message.onOneLine)\n"
    }
    if let help = diagnostic.help { text += "\(painted("help:", "32")) \(help.onOneLine)\n" }
    return text
  }

  private func painted(_ text: String, _ colour: String) -> String {
    usesColour ? "\u{1B}[1;\(colour)m\(text)\u{1B}[0m" : text
  }

  /// The source line and a caret under the span; the line is cut around it where it is very long.
  private func excerpt(_ span: SourceSpan) -> String {
    let line = span.line
    let visible = VisibleLine(span, inLine: line)
    let number = String(line)
    let margin = String(repeating: " ", count: max(5, number.count + 2))
    let gutter = margin.dropLast(number.count) + number
    let lead = String(repeating: " ", count: visible.before)
    let caret = "^" + String(repeating: "~", count: visible.width - 1)
    return "\(gutter) | \(visible.text)\n\(margin) | \(lead)\(painted(caret, "31"))\n"
  }
}

/// A line as a terminal shows it, and the columns there that a span takes.
private struct VisibleLine {
  /// Tabs as four spaces: where they end on a terminal depends on what stands before the line.
  var text = ""
  /// Columns before the span.
  var before = 0
  /// Columns of the span, at least 1.
  var width = 0

  /// Longer lines are cut to so many bytes around the start of the span.
  private static let maximumBytes = 160

  init(_ span: SourceSpan, inLine line: Int) {
    let file = span.file
    let range = file.range(ofLine: line)
    let start = min(max(span.range.lowerBound, range.lowerBound), range.upperBound)
    let end = min(max(span.range.upperBound, start), range.upperBound)
    let isWhole = range.count <= Self.maximumBytes
    var first = isWhole ? range.lowerBound : max(range.lowerBound, start - Self.maximumBytes / 2)
    var last = isWhole ? range.upperBound : min(range.upperBound, start + Self.maximumBytes / 2)
    while first < start, file.bytes[first] & 0xC0 == 0x80 { first += 1 }
    while last < range.upperBound, file.bytes[last] & 0xC0 == 0x80 { last += 1 }
    before = append(file[first..<start])
    width = max(append(file[start..<min(end, last)]), 1)
    _ = append(file[max(start, min(end, last))..<last])
  }

  /// - Returns: the columns that the part takes.
  private mutating func append(_ part: String) -> Int {
    var columns = 0
    for character in part {
      let shown = character == "\t" ? "    " : String(character).onOneLine
      text += shown
      // Escapes are of ASCII, and so is what they stand for not.
      columns += shown == String(character) ? displayWidth(of: character) : shown.count
    }
    return columns
  }
}

/// Columns that a terminal gives a character: 2 for East Asian wide ones and emoji, 0 for marks that
/// stand on others, else 1.
func displayWidth(of character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  if scalar.properties.isEmojiPresentation { return 2 }
  // An emoji variation selector makes a sign such as ☎ as wide as an emoji.
  if character.unicodeScalars.contains("\u{FE0F}"), scalar.properties.isEmoji, !scalar.isASCII {
    return 2
  }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x20000...0x3FFFD:
    return 2
  default: break
  }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format: return 0
  default: return 1
  }
}
