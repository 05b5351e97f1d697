public import Markdown
public import Paths

/// A notebook with its results filled in: all that a renderer needs, and nothing of any engine.
///
/// Reference: section 2.7 of the language's design: each output holds the same figures.
public struct Report: Sendable {
  /// Running text in which `{{ }}` places are `Inline.placeholder`, numbered into `values`.
  public typealias Text = [Inline]

  public var title: Text
  public var authors: [String]
  public var date: String?
  /// A second line under the title; empty where there is none.
  public var subtitle: Text
  /// What the report found, for its head; empty where there is none.
  public var abstract: Text
  /// What the report is about, in a sentence or two.
  public var summary: String?
  /// Where the report is published.
  public var url: String?
  /// BCP 47 language of the text, such as `en`.
  public var language: String
  /// The Markdown body; `Block.placeholder(i)` stands where `outputs[i]` belongs, and
  /// `Inline.placeholder(i)` where `values[i]` does.
  public var blocks: [Block]
  public var values: [DisplayedValue]
  /// What the cells show, by number of the cell.
  public var outputs: [[Output]]
  /// Name of the notebook's file without its extension, such as `quantization-report`.
  public var name: String
  public var options: Options
  /// The pictures beside the notebook, by the sources that `Inline.image` has.
  public var pictures: [PathKey: Picture] = [:]
  /// The works that the text cites, in the order of their numbers.
  public var references: [Reference]
  /// Facts about the run, in order, for the last section and the page's foot: name and value.
  public var provenance: [(name: String, value: String)]

  public init(
    title: Text, subtitle: Text = [], authors: [String] = [], date: String? = nil,
    abstract: Text = [], summary: String? = nil, url: String? = nil, language: String = "en",
    blocks: [Block], values: [DisplayedValue] = [], outputs: [[Output]] = [], name: String,
    options: Options = Options(), references: [Reference] = [],
    provenance: [(name: String, value: String)] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.abstract = abstract
    self.url = url
    self.authors = authors
    self.date = date
    self.summary = summary
    self.language = language
    self.blocks = blocks
    self.values = values
    self.outputs = outputs
    self.name = name
    self.options = options
    self.references = references
    self.provenance = provenance
  }

  /// An entry of the list of references.
  public struct Reference: Hashable, Sendable {
    /// Anchor of the entry, such as `ref-dettmers`.
    public var identifier: String
    public var text: Text

    public init(identifier: String, text: Text) {
      self.identifier = identifier
      self.text = text
    }
  }

  /// One thing that a cell shows.
  public enum Output: Hashable, Sendable {
    case table(Table, Caption)
    case chart(Chart, Caption)
    /// The cell's own source, shown because of `echo`; folded, it opens at a click.
    case listing(language: String, text: String, isFolded: Bool = false)
    case failure(Failure)
    /// A short remark in a box, such as a check that did not hold.
    case remark(String)
  }

  /// Caption of a table or figure with its number and anchor.
  public struct Caption: Hashable, Sendable {
    /// Anchor, such as `tbl-results`; nil where the cell has no such label.
    public var identifier: String?
    /// From 1 within its kind; nil where the output is not numbered.
    public var number: Int?
    public var text: [Inline]
    /// Description for those who cannot see a figure.
    public var alternative: String?

    public init(
      identifier: String? = nil, number: Int? = nil, text: [Inline] = [], alternative: String? = nil
    ) {
      self.identifier = identifier
      self.number = number
      self.text = text
      self.alternative = alternative
    }
  }

  /// A cell that failed.
  public struct Failure: Hashable, Sendable {
    /// Label of the cell, or its kind and line.
    public var cell: String
    public var message: String
    /// `file:line:column`.
    public var place: String?
    /// What would mend it.
    public var help: String?

    public init(cell: String, message: String, place: String? = nil, help: String? = nil) {
      self.cell = cell
      self.message = message
      self.place = place
      self.help = help
    }
  }

  /// From the front matter's `format:`.
  public struct Options: Hashable, Sendable {
    /// How a two-level header is written in Markdown, which cannot span columns.
    public enum TableHeader: String, Hashable, Sendable { case flat, html }
    public enum Theme: String, Hashable, Sendable { case auto, light, dark }

    public var tableOfContents = true
    public var theme = Theme.auto
    public var tableHeader = TableHeader.flat
    /// The author's own style, after the page's.
    public var css = ""
    /// Whether raw HTML is passed through as it is, rather than by a list of safe elements.
    public var trustsHTML = false

    public init() {}
  }
}
