import Diagnostics

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
  private let file: SourceFile
  private var position: Int
  private let end: Int

  /// More than any expression written by hand; it bounds the depth of the tree.
  private static let maximumTokens = 400

  static func tokens(in span: SourceSpan) throws(Diagnostic) -> [ExpressionToken] {
    var lexer = Self(file: span.file, position: span.range.lowerBound, end: span.range.upperBound)
    var tokens: [ExpressionToken] = []
    repeat {
      tokens.append(try lexer.next())
      guard tokens.count <= maximumTokens else {
        throw Diagnostic(
          .tooComplex, "this expression has more than \(maximumTokens) words", at: span)
      }
    } while tokens.last?.kind != .end
    return tokens
  }

  private init(file: SourceFile, position: Int, end: Int) {
    self.file = file
    self.position = position
    self.end = end
  }

  private func byte(at offset: Int) -> UInt8? { offset < end ? file.bytes[offset] : nil }

  private func span(from start: Int) -> SourceSpan {
    SourceSpan(file: file, range: start..<position)
  }

  private mutating func next() throws(Diagnostic) -> ExpressionToken {
    while let byte = byte(at: position), byte == 0x20 || byte == 0x09 { position += 1 }
    let start = position
    guard let first = byte(at: position) else {
      return ExpressionToken(kind: .end, span: span(from: start))
    }
    if first.isDigit || (first == UInt8(ascii: ".") && byte(at: position + 1)?.isDigit == true) {
      return try number(from: start)
    }
    if first.isLetter {
      while let byte = byte(at: position), byte.isLetter || byte.isDigit { position += 1 }
      return ExpressionToken(kind: .name(span(from: start).text), span: span(from: start))
    }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
      return try string(from: start, quote: first)
    }
    for symbol in Self.symbols
    where file[position..<min(position + symbol.utf8.count, end)] == symbol {
      position += symbol.utf8.count
      return ExpressionToken(kind: .symbol(symbol), span: span(from: start))
    }
    position += 1
    while let byte = byte(at: position), byte & 0xC0 == 0x80 { position += 1 }
    throw Diagnostic(
      .expressionSyntax, "'\(span(from: start).text)' has no meaning in an expression",
      at: span(from: start))
  }

  /// Two-character symbols first.
  private static let symbols = [
    "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", ",", ".", "|",
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
    let text = span(from: start).text
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
      kind: .string(file[start + 1..<position - 1]), span: span(from: start))
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isLetter: Bool {
    (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
  }
}
