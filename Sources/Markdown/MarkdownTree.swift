/// A block of a Markdown document with the lines of the parsed text that it stands on.
public struct Block: Hashable, Sendable {
  public var kind: Kind
  /// First and last line in the parsed text, from 1.
  public var lines: ClosedRange<Int>

  public init(_ kind: Kind, lines: ClosedRange<Int>) {
    self.kind = kind
    self.lines = lines
  }

  public indirect enum Kind: Hashable, Sendable {
    case heading(level: Int, content: [Inline], identifier: String?)
    case paragraph([Inline])
    case blockQuote([Block])
    /// A box with a title, which GitHub makes of a blockquote that begins with `[!NOTE]`.
    case callout(Callout, [Block])
    case list(List)
    case codeBlock(info: String, literal: String)
    case html(String)
    case thematicBreak
    case table(MarkdownTable)
    case footnoteDefinition(label: String, content: [Block])
    /// Something that is not Markdown stands here; the reader of the tree knows what by its number.
    case placeholder(Int)
  }

  /// The kinds of boxes that GitHub knows.
  public enum Callout: String, Hashable, Sendable, CaseIterable {
    case note, tip, important, warning, caution
  }

  /// An ordered or bullet list.
  public struct List: Hashable, Sendable {
    /// The first number of an ordered list; nil for bullets.
    public var start: Int?
    public var isTight: Bool
    public var items: [Item]

    public init(start: Int?, isTight: Bool, items: [Item]) {
      self.start = start
      self.isTight = isTight
      self.items = items
    }

    public struct Item: Hashable, Sendable {
      /// For task lists: whether the box is ticked; nil for an ordinary item.
      public var isChecked: Bool?
      public var content: [Block]

      public init(isChecked: Bool?, content: [Block]) {
        self.isChecked = isChecked
        self.content = content
      }
    }
  }
}

/// A GFM pipe table.
public struct MarkdownTable: Hashable, Sendable {
  public enum Alignment: Hashable, Sendable { case none, left, center, right }

  /// One entry a column.
  public var alignments: [Alignment]
  /// One entry a column, each the content of a header cell.
  public var header: [[Inline]]
  /// Body rows; each has as many cells as the header.
  public var rows: [[[Inline]]]

  public init(alignments: [Alignment], header: [[Inline]], rows: [[[Inline]]]) {
    self.alignments = alignments
    self.header = header
    self.rows = rows
  }
}

/// A span of running text.
public indirect enum Inline: Hashable, Sendable {
  case text(String)
  case code(String)
  case emphasis([Inline])
  case strong([Inline])
  case strikethrough([Inline])
  case link(destination: String, title: String, content: [Inline])
  case image(source: String, title: String, alternative: [Inline])
  case html(String)
  case footnoteReference(label: String)
  /// TeX's notation without its dollars, with tokens where values stand in it; `isDisplay` for one on
  /// a line of its own.
  case formula(source: String, isDisplay: Bool)
  case softBreak
  case lineBreak
  /// A value stands here; the reader of the tree knows which by its number.
  case placeholder(Int)
}
