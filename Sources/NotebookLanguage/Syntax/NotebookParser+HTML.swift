import Diagnostics
import Markdown

extension NotebookParser {
  /// Raw HTML with a token for each expression that is filled in there, escaped for its place. One that
  /// no escape would make safe is a mistake; in comments expressions stay as written.
  mutating func resolveHTML(_ html: String) -> String {
    let places = openHTML.places(in: html)
    guard !places.isEmpty else { return html }
    return Placeholders.replacing(in: html) { number in
      guard let place = source.place(number) else { return "" }
      if places[number] == .comment { return place.span.text }
      if case .literal(let text) = place.kind { return text }
      if let mistake = places[number].flatMap({ misplaced(at: place.span, in: $0) }) {
        report(mistake)
        return ""
      }
      if let expression = readExpression(number) { expressions[number] = expression }
      return Placeholders.token(number)
    }
  }

  /// The mistake of an expression in running text that stands inside a tag or script.
  func misplacedInText(_ number: Int) -> Diagnostic? {
    guard let place = source.place(number), case .expression = place.kind else { return nil }
    if let element = openHTML.openScript { return misplaced(at: place.span, in: .script(element)) }
    return place.span.isInBrokenTag ? misplaced(at: place.span, in: .name) : nil
  }

  private func misplaced(at span: SourceSpan, in place: HTMLPlace) -> Diagnostic? {
    let message: String
    var help: String?
    switch place {
    case .text, .comment: return nil
    case .attribute(let name):
      guard name == "style" || name.hasPrefix("on") else { return nil }
      message = "an expression cannot stand in the attribute '\(name)', which is code"
    case .unquotedAttribute(let name):
      message = "the value of '\(name)' needs quotes around it where it is an expression"
      help = "write \(name)=\"\(span.text)\""
    case .name:
      message = "an expression cannot stand in the name of a tag or attribute"
      help = "it can stand in text and in an attribute's value; before text, '<' is written &lt;"
    case .script(let element):
      message = "an expression cannot stand inside <\(element)>"
      help = "write \\{{ for the braces themselves"
    }
    return Diagnostic(.misplacedExpression, message, at: span, help: help)
  }
}

extension SourceSpan {
  /// Whether the span stands after `<name` and before `>`, with nothing between that ends a tag or a line:
  /// Markdown takes `<b {{ x }}="1">` for text, its author hardly.
  fileprivate var isInBrokenTag: Bool {
    let before = file.bytes[max(0, range.lowerBound - 200)..<range.lowerBound]
    guard let start = before.lastIndex(of: UInt8(ascii: "<")),
      start == before.startIndex || before[start - 1] != UInt8(ascii: "\\")
    else { return false }
    let tag = before[start...].dropFirst()
    let name = tag.drop { $0 == UInt8(ascii: "/") }.prefix { $0.isNameOfTag }
    guard let first = name.first, first | 0x20 >= UInt8(ascii: "a"), tag.allSatisfy(\.isInTag),
      name.endIndex == tag.endIndex || tag[name.endIndex].isBlank
    else { return false }
    let after = file.bytes[range.upperBound...].prefix(200)
    return after.first { !$0.isInTag } == UInt8(ascii: ">")
  }
}

extension UInt8 {
  fileprivate var isNameOfTag: Bool {
    (0x61...0x7A).contains(self | 0x20) || (0x30...0x39).contains(self) || self == UInt8(ascii: "-")
  }

  fileprivate var isInTag: Bool {
    switch self {
    case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`"), .lineFeed: false
    default: true
    }
  }
}
