/// Tokens that keep a place in text while Markdown or YAML is parsed around it.
///
/// A token is `U+E000`, digits, `U+E001`: private-use characters that no parser interprets.
public enum Placeholders {
  public static let opening: Character = "\u{E000}"
  public static let closing: Character = "\u{E001}"

  /// Around the number of a formula, while Markdown is parsed.
  static let formulaOpening: Character = "\u{E002}"
  static let formulaClosing: Character = "\u{E003}"

  static func formulaToken(_ index: Int) -> String { "\(formulaOpening)\(index)\(formulaClosing)" }

  /// The token of place `index`.
  public static func token(_ index: Int) -> String { "\(opening)\(index)\(closing)" }

  /// A piece of a text that holds tokens.
  public enum Piece: Hashable, Sendable {
    case text(String)
    case placeholder(Int)
  }

  /// Cuts `text` at its tokens. A lone private-use character stays text.
  public static func pieces(of text: String) -> [Piece] {
    pieces(of: text, opening, closing)
  }

  static func formulaPieces(of text: String) -> [Piece] {
    pieces(of: text, formulaOpening, formulaClosing)
  }

  private static func pieces(
    of text: String, _ opening: Character, _ closing: Character
  ) -> [Piece] {
    var pieces: [Piece] = []
    var pending = ""
    var rest = Substring(text)
    while let start = rest.firstIndex(of: opening) {
      let inner = rest[rest.index(after: start)...]
      guard let end = inner.firstIndex(of: closing), let index = Int(inner[..<end]) else {
        pending += rest[...start]
        rest = inner
        continue
      }
      pending += rest[..<start]
      if !pending.isEmpty { pieces.append(.text(pending)) }
      pending = ""
      pieces.append(.placeholder(index))
      rest = inner[inner.index(after: end)...]
    }
    pending += rest
    if !pending.isEmpty { pieces.append(.text(pending)) }
    return pieces
  }

  /// `text` with every token replaced by what `replacement` gives for its number.
  public static func replacing(in text: String, _ replacement: (Int) -> String) -> String {
    guard text.contains(opening) else { return text }
    return joined(pieces(of: text), replacement)
  }

  static func replacingFormulas(in text: String, _ replacement: (Int) -> String) -> String {
    guard text.contains(formulaOpening) else { return text }
    return joined(formulaPieces(of: text), replacement)
  }

  private static func joined(_ pieces: [Piece], _ replacement: (Int) -> String) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .placeholder(let index): replacement(index)
      }
    }.joined()
  }

  /// `text` with percent-encoded tokens turned back into tokens, as links carry them.
  static func decodingTokens(in text: String) -> String {
    let expressions = decodingTokens(in: text, "%EE%80%80", "%EE%80%81", as: token)
    return decodingTokens(in: expressions, "%EE%80%82", "%EE%80%83", as: formulaToken)
  }

  private static func decodingTokens(
    in text: String, _ open: String, _ close: String, as token: (Int) -> String
  ) -> String {
    var result = ""
    var rest = Substring(text)
    while let start = rest.firstRange(of: open) {
      let digits = rest[start.upperBound...].prefix { $0.isASCII && $0.isNumber }
      let after = rest[digits.endIndex...]
      result += rest[..<start.lowerBound]
      if let index = Int(digits), after.hasPrefix(close) {
        result += token(index)
        rest = after.dropFirst(close.count)
      } else {
        result += open
        rest = rest[start.upperBound...]
      }
    }
    return result + rest
  }
}
