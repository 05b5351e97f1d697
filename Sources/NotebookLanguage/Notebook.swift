public import Diagnostics
public import Markdown

/// A notebook as written, with the notebooks that it includes: prose, cells and expressions, nothing of
/// it computed.
public struct Notebook: Sendable {
  public let source: NotebookSource
  public let frontMatter: FrontMatter
  /// Title of the front matter, with `Inline.placeholder` for expressions; empty where none is given.
  public let title: [Inline]
  public let subtitle: [Inline]
  public let abstract: [Inline]
  /// The body; `Block.placeholder(i)` stands for `cells[i]`, `Inline.placeholder(j)` for
  /// `expressions[j]`.
  public let blocks: [Block]
  public let cells: [CellSource]
  /// The expressions of prose, title and captions, by number of their place.
  public let expressions: [Int: Expression]
  /// Places are numbered from 0 to this, over all files.
  public let placeCount: Int
  /// Paths of the notebooks that `include` cells name, relative to this one's folder, those that could
  /// not be read among them.
  public let includedFiles: [String]
  /// What messages call the files: this one, and those included in the order of their places.
  let fileNames: [String]
  /// `@tbl-x` and its like in prose and captions.
  let references: [CrossReferences.Found]
  /// Footnotes that lead nowhere, where all of the notebook could be read.
  let footnoteMistakes: [Diagnostic]
  /// The works that may be cited: those of the front matter and of its bibliographies.
  public let bibliography: [Reference]
  /// Whether works may be missing because their descriptions could not be read.
  let isBibliographyPartial: Bool
  /// `[@key]` and its like in prose and captions, in order.
  let citations: [Citations.Found]
  /// `[text](#anchor)` in prose.
  let links: [PageLink]
  /// What such links can lead to, besides tables, figures and works.
  let anchors: PageAnchors
  /// The pictures that running text shows, each as often as it is shown, those left out whose names wait
  /// for a result.
  public let pictures: [PictureReference]
  /// Every mistake of form; `checked` reports them with its own.
  public let mistakes: [Diagnostic]
  /// Whether labels and names may be missing because a part of the notebook could not be read.
  let isPartial: Bool
}

/// A cell as written.
public struct CellSource: Sendable {
  /// The directive, such as `quantize`.
  public let kind: String
  public let kindSpan: SourceSpan
  /// Its own `#|` lines over the front matter's `execute:`.
  public let options: CellOptions
  /// The body, with tokens for expressions.
  public let body: YAMLNode
  /// The expressions in the body, by number of their place.
  public let expressions: [Int: Expression]
  public let caption: [Inline]
  /// The whole cell as the user wrote it, fences included.
  public let text: String
  /// Folder of the file that it stands in, relative to the notebook's own and empty for that: relative
  /// paths in the cell start there.
  public let folder: String

  public var label: String? { options.label?.value }
  /// How messages call the cell: its label, or kind and line.
  public var description: String { label ?? "\(kind) cell in line \(kindSpan.line)" }
}
