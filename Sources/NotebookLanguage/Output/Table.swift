/// A table of results with grouped columns, independent of any output format.
public struct Table: Hashable, Sendable {
  /// A column of values.
  public struct Column: Hashable, Sendable {
    public var label: String

    public init(label: String) { self.label = label }
  }

  /// Neighbouring columns under one header; an empty label means no group header above them.
  public struct Group: Hashable, Sendable {
    public var label: String
    public var columns: [Column]

    public init(label: String, columns: [Column]) {
      self.label = label
      self.columns = columns
    }
  }

  /// Figures published elsewhere for the same cells.
  public enum Comparison: String, Hashable, Sendable, CaseIterable {
    /// Only our own values are shown.
    case none
    /// The published value stands under ours in every cell.
    case below
    /// As `below`, but the reader can hide it (HTML without a script); Markdown shows it.
    case toggle
  }

  /// A running text of which a part stands out.
  public struct Passage: Hashable, Sendable {
    public var before: String
    public var marked: String
    public var after: String

    public init(before: String, marked: String, after: String) {
      self.before = before
      self.marked = marked
      self.after = after
    }
  }

  public struct Cell: Hashable, Sendable {
    /// nil where there is no such value: shown as an em dash.
    public var value: DisplayedValue?
    /// The published counterpart, always marked as such.
    public var published: DisplayedValue?
    /// Whether this is the best of its row: marked by weight and a symbol.
    public var isBest: Bool
    /// The value's text as running text; nil for a figure or a word.
    public var passage: Passage?

    /// A running text.
    public init(_ passage: Passage) {
      self.init(
        value: DisplayedValue(text: passage.before + passage.marked + passage.after))
      self.passage = passage
    }

    public init(value: DisplayedValue?, published: DisplayedValue? = nil, isBest: Bool = false) {
      self.value = value
      self.published = published
      self.isBest = isBest
    }
  }

  public struct Row: Hashable, Sendable {
    public var label: String
    /// The unit of all values in the row, such as `ms`; empty where they have none.
    public var unit: String
    /// One cell a column, through all groups from left to right.
    public var cells: [Cell]

    public init(label: String, unit: String = "", cells: [Cell]) {
      self.label = label
      self.unit = unit
      self.cells = cells
    }
  }

  /// Header of the column of row labels; usually empty.
  public var stub: String
  public var groups: [Group]
  public var rows: [Row]
  public var comparison: Comparison
  /// Source of the published figures.
  public var publishedSource: String?
  /// Remarks under the table.
  public var notes: [String]
  /// A line that stands for the table until the reader opens it; nil for a table that is open.
  public var summary: String?

  public var columns: [Column] { groups.flatMap(\.columns) }
  /// Whether any group has a header of its own, so that the header has two rows.
  public var hasGroups: Bool { groups.contains { !$0.label.isEmpty } }

  /// Whether a column holds running text, which begins at the left.
  public func isOfPassages(column: Int) -> Bool {
    rows.contains { $0.cells.indices.contains(column) && $0.cells[column].passage != nil }
  }

  public init(
    stub: String = "", groups: [Group], rows: [Row], comparison: Comparison = .none,
    publishedSource: String? = nil, notes: [String] = [], summary: String? = nil
  ) {
    self.stub = stub
    self.groups = groups
    self.rows = rows
    self.comparison = comparison
    self.publishedSource = publishedSource
    self.notes = notes
    self.summary = summary
  }
}
