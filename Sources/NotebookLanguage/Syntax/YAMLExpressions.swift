import Diagnostics
import Markdown

extension YAMLNode {
  /// Whether an expression in the value waits for the result of a cell.
  public var isPending: Bool {
    switch content {
    case .scalar(let text, _): text.contains(Placeholders.opening)
    case .sequence(let nodes): nodes.contains(where: \.isPending)
    case .mapping(let pairs): pairs.contains { $0.value.isPending }
    }
  }

  /// The numbers of the places in the value's texts, keys included.
  var places: [Int] {
    switch content {
    case .scalar(let text, _):
      Placeholders.pieces(of: text).compactMap {
        if case .placeholder(let index) = $0 { index } else { nil }
      }
    case .sequence(let nodes): nodes.flatMap(\.places)
    case .mapping(let pairs): pairs.flatMap { $0.key.places + $0.value.places }
    }
  }

  /// The value with the tokens of its texts replaced; a place without replacement stays a token.
  func replacing(_ replacements: [Int: YAMLReplacement]) -> YAMLNode {
    var node = self
    // The text is no longer what was written.
    node.origins = nil
    switch content {
    case .scalar(let text, let isQuoted):
      guard text.contains(Placeholders.opening) else { return self }
      let pieces = Placeholders.pieces(of: text)
      if pieces.count == 1, case .placeholder(let index) = pieces[0],
        let replacement = replacements[index]
      {
        node.content = replacement.content(isQuoted: isQuoted, at: span)
      } else {
        let replaced = Placeholders.replacing(in: text) {
          replacements[$0]?.text ?? Placeholders.token($0)
        }
        node.content = .scalar(replaced, isQuoted: isQuoted)
      }
    case .sequence(let nodes): node.content = .sequence(nodes.map { $0.replacing(replacements) })
    case .mapping(let pairs):
      node.content = .mapping(
        pairs.map { Pair(key: $0.key, value: $0.value.replacing(replacements)) })
    }
    return node
  }
}

/// What an expression in a cell's body came to.
struct YAMLReplacement: Hashable {
  /// As it stands within a longer text.
  var text: String
  /// Whether the value is a text, so that `true` is the word and not the condition.
  var isText: Bool
  /// The entries of a list.
  var entries: [YAMLReplacement]?

  init(text: String, isText: Bool) {
    self.text = text
    self.isText = isText
  }

  /// - Throws: `expressionType` for a value that YAML has no form for.
  init(_ value: Value, at span: SourceSpan) throws(Diagnostic) {
    switch value {
    case .text(let text): self.init(text: text, isText: true)
    case .bool(let bool): self.init(text: bool ? "true" : "false", isText: false)
    case .displayed(let displayed): self.init(text: displayed.text, isText: true)
    case .list(let values):
      var entries: [YAMLReplacement] = []
      for value in values { entries.append(try YAMLReplacement(value, at: span)) }
      self.init(text: entries.map(\.text).joined(separator: ", "), isText: true)
      self.entries = entries
    default:
      guard let number = value.asNumber else {
        throw Diagnostic(
          .expressionType, "a key cannot have \(value.kind.rawValue) as its value", at: span)
      }
      self.init(text: Self.text(of: number.value), isText: false)
    }
  }

  private static func text(of number: Double) -> String {
    if let whole = Int(exactly: number) { return String(whole) }
    if number.isFinite { return "\(number)" }
    return number.isNaN ? ".nan" : number > 0 ? "∞" : "-∞"
  }

  /// What stands in YAML where the expression is all of a value.
  fileprivate func content(isQuoted: Bool, at span: SourceSpan) -> YAMLNode.Content {
    guard let entries else { return .scalar(text, isQuoted: isText || isQuoted) }
    return .sequence(
      entries.map { YAMLNode($0.content(isQuoted: isQuoted, at: span), at: span) })
  }
}
