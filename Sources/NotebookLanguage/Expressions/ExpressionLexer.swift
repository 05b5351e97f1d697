public import Diagnostics
import InputLimits

/// The text of an expression, and where each byte of it stands in the notebook.
public struct ExpressionSource: Sendable {
  private enum Place: Sendable {
    /// The bytes are the file's own.
    case same(SourceFile)
    /// Offset in the file of each byte: for texts in quotes or over several lines.
    case each(SourceFile, [Int])
    /// One place for all: for a text that an expression made.
    case all(SourceSpan)
  }

  let bytes: [UInt8]
  /// The expression in `bytes`.
  let range: Range<Int>
  private let place: Place

  /// A text that stands in the notebook as it is.
  public init(_ span: SourceSpan) {
    bytes = span.file.bytes
    range = span.range
    place = .same(span.file)
  }

  /// The text of a YAML scalar.
  public init(_ node: YAMLNode) {
    let text = node.scalar ?? ""
    if node.span.text == text {
      self.init(node.span)
    } else if let origins = node.origins, origins.count == text.utf8.count {
      self.init(text, .each(node.span.file, origins))
    } else {
      self.init(text, .all(node.span))
    }
  }

  private init(_ text: String, _ place: Place) {
    bytes = Array(text.utf8)
    range = bytes.indices
    self.place = place
  }

  func span(_ range: Range<Int>) -> SourceSpan {
    switch place {
    case .same(let file): return SourceSpan(file: file, range: range)
    case .each(let file, let origins):
      let start = range.lowerBound < origins.count ? origins[range.lowerBound] : end(of: origins)
      let end = range.isEmpty ? start : origins[range.upperBound - 1] + 1
      return SourceSpan(file: file, range: start..<max(start, end))
    case .all(let span): return span
    }
  }

  private func end(of origins: [Int]) -> Int { origins.last.map { $0 + 1 } ?? 0 }

  subscript(range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// A word of an expression with its place in the notebook.
struct ExpressionToken: Hashable {
  enum Kind: Hashable {
    case number(Double)
    case string(String)
    case name(String)
    case symbol(String)
    case end
  }

  var kind: Kind
  var span: SourceSpan
}

/// Cuts the text between `{{` and `}}` into words.
struct ExpressionLexer {
  private let source: ExpressionSource
  private var position: Int
  private var end: Int { source.range.upperBound }

  static func tokens(in source: ExpressionSource) throws(Diagnostic) -> [ExpressionToken] {
    guard source.range.count <= Limit.expressionBytes.value else {
      throw Diagnostic(
        .tooComplex,
        "this expression has more than \(Limit.expressionBytes.value) bytes",
        at: source.span(source.range), help: Limit.expressionBytes.cure)
    }
    let mostTokens = Limit.expressionWords.value
    var lexer = Self(source: source)
    var tokens: [ExpressionToken] = []
    repeat {
      tokens.append(try lexer.next())
      guard tokens.count <= mostTokens else {
        throw Diagnostic(
          .tooComplex, "this expression has more than \(mostTokens) words",
          at: source.span(source.range), help: Limit.expressionWords.cure)
      }
    } while tokens.last?.kind != .end
    return tokens
  }

  private init(source: ExpressionSource) {
    self.source = source
    position = source.range.lowerBound
  }

  private func byte(at offset: Int) -> UInt8? { offset < end ? source.bytes[offset] : nil }

  private func span(from start: Int) -> SourceSpan { source.span(start..<position) }

  private func text(from start: Int) -> String { source[start..<position] }

  private mutating func next() throws(Diagnostic) -> ExpressionToken {
    while let byte = byte(at: position), byte.isBlank || byte == 0x0A || byte == 0x0D {
      position += 1
    }
    let start = position
    guard let first = byte(at: position) else {
      return ExpressionToken(kind: .end, span: span(from: start))
    }
    if first.isDigit || (first == UInt8(ascii: ".") && byte(at: position + 1)?.isDigit == true) {
      return try number(from: start)
    }
    if first.isLetter {
      while let byte = byte(at: position), byte.isLetter || byte.isDigit { position += 1 }
      return ExpressionToken(kind: .name(text(from: start)), span: span(from: start))
    }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      return try string(from: start, quote: first)
    }
    for symbol in Self.symbols
    where source[position..<min(position + symbol.utf8.count, end)] == symbol {
      position += symbol.utf8.count
      return ExpressionToken(kind: .symbol(symbol), span: span(from: start))
    }
    position += 1
    while let byte = byte(at: position), byte & 0xC0 == 0x80 { position += 1 }
    throw Diagnostic(
      .expressionSyntax, "'\(text(from: start))' has no meaning in an expression",
      at: span(from: start))
  }

  /// Two-character symbols first.
  private static let symbols = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", "|",
  ]

  private mutating func number(from start: Int) throws(Diagnostic) -> ExpressionToken {
    while let byte = byte(at: position), byte.isDigit || byte == UInt8(ascii: ".") { position += 1 }
    if let byte = byte(at: position), byte | 0x20 == UInt8(ascii: "e") {
      let sign = self.byte(at: position + 1)
      let digits = sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") ? 2 : 1
      if self.byte(at: position + digits)?.isDigit == true {
        position += digits
        while let byte = self.byte(at: position), byte.isDigit { position += 1 }
      }
    }
    let text = text(from: start)
    guard let value = Double(text) else {
      throw Diagnostic(.expressionSyntax, "'\(text)' is not a number", at: span(from: start))
    }
    return ExpressionToken(kind: .number(value), span: span(from: start))
  }

  private mutating func string(from start: Int, quote: UInt8) throws(Diagnostic) -> ExpressionToken
  {
    position += 1
    while let byte = byte(at: position), byte != quote { position += 1 }
    guard byte(at: position) == quote else {
      throw Diagnostic(.expressionSyntax, "this text is never closed", at: span(from: start))
    }
    position += 1
    return ExpressionToken(
      kind: .string(source[start + 1..<position - 1]), span: span(from: start))
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isLetter: Bool {
    (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
  }
}
