public import Diagnostics

/// A YAML value that remembers where it stands in the notebook.
public struct YAMLNode: Hashable, Sendable {
  public indirect enum Content: Hashable, Sendable {
    /// Text of a scalar, tokens of expressions included; `isQuoted` where it is surely a text.
    case scalar(String, isQuoted: Bool)
    case sequence([YAMLNode])
    case mapping([Pair])
  }

  public struct Pair: Hashable, Sendable {
    public var key: YAMLNode
    public var value: YAMLNode
  }

  public var content: Content
  public var span: SourceSpan
  /// For each byte of a scalar's text, its offset in the notebook, where the text is not written as it
  /// is: quoted, folded, over several lines.
  var origins: [Int]?
  /// Whether a part of it could not be read, which has been said.
  var isIncomplete = false

  public init(_ content: Content, at span: SourceSpan) {
    self.content = content
    self.span = span
  }

  /// The text of a scalar.
  public var scalar: String? {
    if case .scalar(let text, _) = content { text } else { nil }
  }

  /// Whether nothing was written: `key:` alone, `~` or `null`.
  public var isNull: Bool {
    if case .scalar(let text, false) = content { ["", "~", "null"].contains(text) } else { false }
  }

  /// A value in the place of one that could not be read, which has been said.
  static func unreadable(at span: SourceSpan) -> YAMLNode {
    var node = YAMLNode(.scalar("", isQuoted: false), at: span)
    node.isIncomplete = true
    return node
  }

  var isUnreadable: Bool { isIncomplete && isNull }

  public var isMapping: Bool { if case .mapping = content { true } else { false } }

  /// What the value is called in messages.
  public var kind: String {
    switch content {
    case .scalar: "a single value"
    case .sequence: "a list"
    case .mapping: "a mapping"
    }
  }
}
