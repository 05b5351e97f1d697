public import Diagnostics
import InputLimits
import Markdown

/// A notebook's text, and the same text with a token in the place of every `{{ … }}`.
///
/// Expressions are found in the raw text, before any Markdown or YAML is parsed: `{{ a*b }}` would
/// turn into emphasis, a `|` would split a table cell, and YAML would refuse `a: {{ b }}`. The tokens
/// come through both parsers, and a result can never be parsed as Markdown or HTML.
public struct NotebookSource: Sendable {
  /// One `{{ … }}` of the text, or an escape that stands for itself.
  public struct Place: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// The text between the braces.
      case expression(SourceSpan)
      /// `\{{`, or `\@` before the label of a reference: stands for the characters given.
      case literal(String)
      /// `{{` without `}}` on its line.
      case unclosed
      /// `{{` whose `}}` is further off than any that a hand has written.
      case tooLong
    }

    public var kind: Kind
    /// The whole of it in the notebook, braces included.
    public var span: SourceSpan
  }

  /// As the user wrote it.
  public let file: SourceFile
  /// With tokens; it has the same lines.
  public let text: SourceFile
  /// Characters that no notebook can hold.
  let mistakes: [Diagnostic]
  /// Number of the first place: those of an included notebook follow on those before it.
  let firstPlace: Int
  private let places: [Place]
  /// Where each token starts and ends in `text`, in the order of `places`.
  private let tokens: [Range<Int>]

  init(_ file: SourceFile, firstPlace: Int = 0) {
    var scanner = PlaceScanner(file, firstPlace: firstPlace)
    scanner.scan()
    self.file = file
    self.firstPlace = firstPlace
    places = scanner.places
    tokens = scanner.tokens
    mistakes = scanner.mistakes
    text =
      scanner.isUnchanged
      ? file : SourceFile(name: file.name, text: String(decoding: scanner.output, as: UTF8.self))
  }

  var placeCount: Int { places.count }

  /// The place with a number; nil for one of another file.
  func place(_ number: Int) -> Place? {
    places.indices.contains(number - firstPlace) ? places[number - firstPlace] : nil
  }

  /// The place in the notebook of a range of `text`'s bytes. A range in a token is all of its braces.
  public func span(ofText range: Range<Int>) -> SourceSpan {
    let start = original(range.lowerBound, isEnd: false)
    let end = range.isEmpty ? start : original(range.upperBound, isEnd: true)
    return SourceSpan(file: file, range: start..<max(start, end))
  }

  private func original(_ offset: Int, isEnd: Bool) -> Int {
    // The number of tokens that start before the offset.
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle].lowerBound < offset { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return offset }
    let token = tokens[low - 1]
    let place = places[low - 1].span.range
    if offset < token.upperBound { return isEnd ? place.upperBound : place.lowerBound }
    return place.upperBound + (offset - token.upperBound)
  }

  /// `text`'s tokens turned back into what the user wrote: for listings and code spans.
  public func restoring(_ text: String) -> String {
    Placeholders.replacing(in: text) { place($0)?.span.text ?? "" }
  }
}

/// Finds the places in a text and writes the text with tokens.
private struct PlaceScanner {
  let file: SourceFile
  let firstPlace: Int
  var output: [UInt8] = []
  var places: [NotebookSource.Place] = []
  var tokens: [Range<Int>] = []
  var mistakes: [Diagnostic] = []
  /// Bytes of `file` before this one are in `output`.
  private var copied = 0
  private let mostPlaces = Limit.expressions.value
  private let longest = Limit.expressionBytes.value
  private static let references = ["tbl-", "fig-", "sec-"].map { Array($0.utf8) }

  var isUnchanged: Bool { copied == 0 }

  init(_ file: SourceFile, firstPlace: Int) {
    self.file = file
    self.firstPlace = firstPlace
  }

  mutating func scan() {
    let bytes = file.bytes
    var position = 0
    while position < bytes.count {
      var found: NotebookSource.Place?
      switch bytes[position] {
      case 0: refuse(position..<position + 1, "U+0000", as: [.space])
      case 0xEE where isReserved(position):
        refuse(position..<position + 3, "U+E000 to U+E003", as: Array("\u{FFFD}".utf8))
      case UInt8(ascii: "{") where isOpening(position): found = expression(at: position)
      case UInt8(ascii: "\\"): found = literal(at: position)
      default: break
      }
      position += 1
      guard let found else { continue }
      guard places.count < mostPlaces else {
        mistakes.append(
          Diagnostic(
            .tooComplex,
            "a notebook has at most \(mostPlaces) expressions; this is one more",
            at: found.span, help: Limit.expressions.cure))
        break
      }
      position = found.span.range.upperBound
      append(found)
    }
    if copied > 0 { output += bytes[copied...] }
  }

  private mutating func append(_ place: NotebookSource.Place) {
    output += file.bytes[copied..<place.span.range.lowerBound]
    let start = output.count
    output += Placeholders.token(firstPlace + places.count).utf8
    tokens.append(start..<output.count)
    places.append(place)
    copied = place.span.range.upperBound
  }

  /// Puts as many bytes in the place of a character that would mislead the parsers.
  private mutating func refuse(_ range: Range<Int>, _ name: String, as replacement: [UInt8]) {
    output += file.bytes[copied..<range.lowerBound] + replacement
    copied = range.upperBound
    guard mistakes.isEmpty else { return }
    mistakes.append(
      Diagnostic(
        .reservedCharacter,
        "a notebook cannot hold the character\(name.count > 6 ? "s" : "") \(name)",
        at: SourceSpan(file: file, range: range)))
  }

  private func isReserved(_ position: Int) -> Bool {
    position + 2 < file.bytes.count && file.bytes[position + 1] == 0x80
      && file.bytes[position + 2] <= 0x83
  }

  private func isOpening(_ position: Int) -> Bool {
    position + 1 < file.bytes.count && file.bytes[position] == UInt8(ascii: "{")
      && file.bytes[position + 1] == UInt8(ascii: "{")
  }

  private func literal(at position: Int) -> NotebookSource.Place? {
    if isOpening(position + 1) {
      return NotebookSource.Place(
        kind: .literal("{{"), span: SourceSpan(file: file, range: position..<position + 3))
    }
    let label = file.bytes[min(position + 2, file.bytes.count)...].prefix(4)
    guard position + 1 < file.bytes.count, file.bytes[position + 1] == UInt8(ascii: "@"),
      Self.references.contains(where: label.elementsEqual)
    else { return nil }
    return NotebookSource.Place(
      kind: .literal("@"), span: SourceSpan(file: file, range: position..<position + 2))
  }

  private func expression(at position: Int) -> NotebookSource.Place {
    let start = position + 2
    let limit = min(start + longest + 2, file.bytes.count)
    let lineEnd = file.bytes[start..<limit].firstIndex { $0 == 0x0A || $0 == 0x0D }
    let line = start..<(lineEnd ?? limit)
    // A lone quote or apostrophe does not hide the end of the expression.
    guard
      let end = closing(in: line, skippingTexts: true) ?? closing(in: line, skippingTexts: false)
    else {
      let isTooLong = lineEnd == nil && limit < file.bytes.count
      return NotebookSource.Place(
        kind: isTooLong ? .tooLong : .unclosed,
        span: SourceSpan(file: file, range: position..<start))
    }
    return NotebookSource.Place(
      kind: .expression(SourceSpan(file: file, range: start..<end)),
      span: SourceSpan(file: file, range: position..<end + 2))
  }

  /// Offset of `}}`, not counting one inside a quoted text.
  private func closing(in line: Range<Int>, skippingTexts: Bool) -> Int? {
    var quote: UInt8?
    for position in line {
      let byte = file.bytes[position]
      if let open = quote {
        if byte == open { quote = nil }
      } else if skippingTexts, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "}"), position + 1 < line.upperBound,
        file.bytes[position + 1] == UInt8(ascii: "}")
      {
        return position
      }
    }
    return nil
  }
}
