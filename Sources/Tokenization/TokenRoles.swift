/// The tokens that have a part in every text of a tokenizer; nil for those that it does not have, or that its
/// files do not name.
public struct TokenRoles: Hashable, Sendable {
  /// Stands before a text: `bos_token`.
  public var beginning: Int32?
  /// Ends a text: `eos_token`.
  public var end: Int32?
  /// Stands for what has no token: `unk_token`.
  public var unknown: Int32?
  /// Fills up shorter texts beside longer ones: `pad_token`.
  public var padding: Int32?

  public init(
    beginning: Int32? = nil, end: Int32? = nil, unknown: Int32? = nil, padding: Int32? = nil
  ) {
    self.beginning = beginning
    self.end = end
    self.unknown = unknown
    self.padding = padding
  }
}
