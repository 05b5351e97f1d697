import Diagnostics
import NotebookLanguage
import Tokenization

/// How much of a text is read, from its beginning: so many tokens, or a share of its bytes. Both end with
/// a whole character, so that there may be a token less.
enum CorpusLimit: SchemaValue, Hashable {
  case tokens(Int)
  /// In 0 < … ≤ 100.
  case percent(Double)

  static var typeName: String { "a number of tokens such as 16384, or a share such as 50%" }
  static var form: SchemaForm { .text }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    let text = node.scalar?.filter { $0 != "_" } ?? ""
    if text.hasSuffix("%") {
      if let share = Double(text.dropLast()), share > 0, share <= 100 { return .percent(share) }
    } else if let count = Int(text), count > 0 {
      return .tokens(count)
    }
    diagnostics.append(mismatch(node))
    return nil
  }

  /// The same text for the same limit, however it is written; nil for the whole.
  var canonicalText: String? {
    switch self {
    case .tokens(let count): "\(count)"
    case .percent(let share): share == 100 ? nil : "\(share)%"
    }
  }

  /// The beginning of a text, which ends with a whole character.
  ///
  /// - Throws: `CancellationError`.
  func applied(to text: String, _ tokenizer: Tokenizer?) throws -> String {
    switch self {
    case .percent(let share):
      let count = Int((Double(text.utf8.count) * share / 100).rounded(.down))
      return Self.prefix(of: text, bytes: count)
    case .tokens(let limit):
      guard let tokenizer else { return text }
      let tokens = try tokenizer.encode(text)
      guard tokens.count > limit else { return text }
      return Self.prefix(of: text, bytes: tokenizer.decodeBytes(tokens.prefix(limit)).count)
    }
  }

  private static func prefix(of text: String, bytes: Int) -> String {
    var end = text.utf8.index(text.startIndex, offsetBy: min(bytes, text.utf8.count))
    while end > text.startIndex, end.samePosition(in: text) == nil {
      text.utf8.formIndex(before: &end)
    }
    return String(text[..<end])
  }
}
