public import Diagnostics
public import Markdown

/// A notebook as written: prose, cells and expressions, nothing of it computed.
public struct Notebook: Sendable {
  public let source: NotebookSource
  public let frontMatter: FrontMatter
  /// Title of the front matter, with `Inline.placeholder` for expressions; empty where none is given.
  public let title: [Inline]
  /// The body; `Block.placeholder(i)` stands for `cells[i]`, `Inline.placeholder(j)` for
  /// `expressions[j]`.
  public let blocks: [Block]
  public let cells: [CellSource]
  /// The expressions of prose, title and captions, by number of their place.
  public let expressions: [Int: Expression]
}

/// A cell as written.
public struct CellSource: Sendable {
  /// The directive, such as `quantize`.
  public let kind: String
  public let kindSpan: SourceSpan
  public let options: CellOptions
  /// The body, with tokens for expressions.
  public let body: YAMLNode
  /// The expressions in the body, by number of their place.
  public let expressions: [Int: Expression]
  public let caption: [Inline]
  /// The whole cell as the user wrote it, fences included.
  public let text: String

  public var label: String? { options.label?.value }
  /// How messages call the cell: its label, or kind and line.
  public var description: String { label ?? "\(kind) cell in line \(kindSpan.line)" }
}
