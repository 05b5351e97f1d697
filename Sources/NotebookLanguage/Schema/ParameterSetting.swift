public import Diagnostics

/// A value that somebody gives a parameter when the notebook is run.
public struct ParameterSetting: Hashable, Sendable {
  public var name: String
  /// As it was written.
  public var text: String
  /// The entries, where it was written as a list in YAML.
  public var entries: [String]?
  /// Where the name stands; nil for a setting of the command line.
  public var nameSpan: SourceSpan?
  /// Where the value stands; nil for a setting of the command line.
  public var textSpan: SourceSpan?

  public init(
    name: String, text: String, entries: [String]? = nil, nameSpan: SourceSpan? = nil,
    textSpan: SourceSpan? = nil
  ) {
    self.name = name
    self.text = text
    self.entries = entries
    self.nameSpan = nameSpan
    self.textSpan = textSpan
  }
}
