public import Diagnostics
import Markdown

/// A notebook's text, and the same text with a token in the place of every `{{ … }}`.
///
/// Expressions are found in the raw text, before any Markdown or YAML is parsed: `{{ a*b }}` would
/// turn into emphasis, a `|` would split a table cell, and YAML would refuse `a: {{ b }}`. The tokens
/// come through both parsers, and a result can never be parsed as Markdown or HTML.
public struct NotebookSource: Sendable {
  /// One `{{ … }}` or `\{{` of the text.
  public struct Place: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
      /// The text between the braces.
      case expression(SourceSpan)
      /// `\{{`: stands for the two characters.
      case literal
      /// `{{` without `}}` on its line.
      case unclosed
    }

    public var kind: Kind
    /// The whole of it in the notebook, braces included.
    public var span: SourceSpan
  }

  /// As the user wrote it.
  public let file: SourceFile
  /// With tokens; it has the same lines.
  public let text: SourceFile
  public let places: [Place]
  /// Where each token starts and ends in `text`, in the order of `places`.
  private let tokens: [Range<Int>]

  /// - Throws: `reservedCharacter` where the text already holds the tokens' own characters.
  public init(_ file: SourceFile) throws(Diagnostic) {
    self.file = file
    var output: [UInt8] = []
    output.reserveCapacity(file.bytes.count)
    var places: [Place] = []
    var tokens: [Range<Int>] = []
    let bytes = file.bytes
    let open = UInt8(ascii: "{")
    var position = 0
    // No expression is closed before this offset: a long line of {{ is not searched again and again.
    var closedFrom = 0
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0xEE, position + 2 < bytes.count, bytes[position + 1] == 0x80,
        bytes[position + 2] <= 0x81
      {
        throw Diagnostic(
          .reservedCharacter, "the characters U+E000 and U+E001 are reserved for Quantbook",
          at: SourceSpan(file: file, range: position..<position + 3))
      }
      let place = Self.place(at: position, in: file, closedFrom: &closedFrom)
      guard byte == open || byte == UInt8(ascii: "\\"), let place else {
        output.append(byte)
        position += 1
        continue
      }
      let start = output.count
      output += Array(Placeholders.token(places.count).utf8)
      tokens.append(start..<output.count)
      places.append(place)
      position = place.span.range.upperBound
    }
    self.places = places
    self.tokens = tokens
    text = SourceFile(name: file.name, text: String(decoding: output, as: UTF8.self))
  }

  private static func place(
    at position: Int, in file: SourceFile, closedFrom: inout Int
  ) -> Place? {
    let bytes = file.bytes
    let open = UInt8(ascii: "{")
    func isOpening(_ offset: Int) -> Bool {
      offset + 1 < bytes.count && bytes[offset] == open && bytes[offset + 1] == open
    }
    if bytes[position] == UInt8(ascii: "\\") {
      guard isOpening(position + 1) else { return nil }
      let span = SourceSpan(file: file, range: position..<position + 3)
      return Place(kind: .literal, span: span)
    }
    guard isOpening(position) else { return nil }
    if position >= closedFrom,
      let end = closing(from: position + 2, in: bytes, skippingTexts: true)
        ?? closing(from: position + 2, in: bytes, skippingTexts: false)
    {
      let inner = SourceSpan(file: file, range: position + 2..<end)
      let span = SourceSpan(file: file, range: position..<end + 2)
      return Place(kind: .expression(inner), span: span)
    }
    if position >= closedFrom {
      closedFrom = bytes[position...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
    }
    let span = SourceSpan(file: file, range: position..<position + 2)
    return Place(kind: .unclosed, span: span)
  }

  /// Offset of `}}` on the line, not counting one inside a quoted text.
  private static func closing(from start: Int, in bytes: [UInt8], skippingTexts: Bool) -> Int? {
    var quote: UInt8?
    var position = start
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      let byte = bytes[position]
      if let open = quote {
        if byte == open { quote = nil }
      } else if skippingTexts, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
        quote = byte
      } else if byte == UInt8(ascii: "}"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "}")
      {
        return position
      }
      position += 1
    }
    return nil
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
    Placeholders.replacing(in: text) { places.indices.contains($0) ? places[$0].span.text : "" }
  }
}
