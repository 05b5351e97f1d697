/// A report as a page of HTML, and what others may link to in it.
public struct HTMLPage: Sendable {
  public var html: String
  /// Every heading of a section, in order.
  public var headings: [Heading]

  /// A heading that begins a section.
  public struct Heading: Hashable, Sendable, Codable {
    /// From 1, as in the notebook.
    public var level: Int
    /// Such as `2.1`.
    public var number: String
    /// What stands after `#` in a link to it.
    public var anchor: String
    public var text: String
  }
}
