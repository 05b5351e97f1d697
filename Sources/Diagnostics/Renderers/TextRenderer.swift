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
    let message = painted(printable(diagnostic.message), "0")
    let head = "\(severity) \(message) [\(diagnostic.code.rawValue)]\n"
    var text = ""
    if let span = diagnostic.span {
      text += "\(span.place): \(head)\(excerpt(span))"
    } else {
      text += head
    }
    for note in diagnostic.notes {
      let place = note.span.map { "\($0.place): " } ?? ""
      text += "\(place)\(painted("note:", "36")) \(printable(note.message))\n"
    }
    if let help = diagnostic.help { text += "\(painted("help:", "32")) \(printable(help))\n" }
    return text
  }

  /// Control characters of a hostile source must not reach the terminal.
  private func printable(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map {
          $0.properties.generalCategory == .control && $0 != "\t" && $0 != "\n" ? "\u{FFFD}" : $0
        }))
  }

  private func painted(_ text: String, _ colour: String) -> String {
    usesColour ? "\u{1B}[1;\(colour)m\(text)\u{1B}[0m" : text
  }

  /// The source line and a caret under the span; the line is cut around it where it is very long.
  private func excerpt(_ span: SourceSpan) -> String {
    let (line, column) = span.file.position(of: span.range.lowerBound)
    let shown = Array(span.file.line(line))
    let start = min(column - 1, shown.count)
    let length = min(span.text.prefix { $0 != "\n" }.count, shown.count - start)
    let first = max(0, start - 80)
    let visible = shown[first..<min(shown.count, first + 160)]
    let lead = visible.prefix(start - first).map { character in
      character == "\t" ? "\t" : String(repeating: " ", count: displayWidth(of: character))
    }.joined()
    let marked = visible.dropFirst(start - first).prefix(max(length, 0))
    let width = max(1, marked.map(displayWidth).reduce(0, +))
    let number = String(line)
    let margin = String(repeating: " ", count: max(5, number.count + 2))
    let gutter = margin.dropLast(number.count) + number
    let caret = "^" + String(repeating: "~", count: width - 1)
    return "\(gutter) | \(printable(String(visible)))\n\(margin) | \(lead)\(painted(caret, "31"))\n"
  }
}

/// Columns that a terminal gives a character: 2 for East Asian wide ones and emoji, else 1.
func displayWidth(of character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  if scalar.properties.isEmojiPresentation { return 2 }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
    0xA000...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE4F, 0xFF00...0xFF60,
    0xFFE0...0xFFE6, 0x20000...0x3FFFD:
    return 2
  default:
    return scalar.properties.generalCategory == .nonspacingMark ? 0 : 1
  }
}
