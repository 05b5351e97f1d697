import Diagnostics

/// The `#|` lines of a cell: how it is run and shown. They never change what it computes.
public struct CellOptions: SchemaRecord {
  public enum Echo: String, SchemaChoice {
    case yes = "true"
    case no = "false"
    case fenced
    public static var subject: String { "value for echo" }
  }

  public enum Cache: String, SchemaChoice {
    case use = "true"
    case off = "false"
    case refresh
    public static var subject: String { "value for cache" }
  }

  public static var keys: [SchemaKey<Self>] {
    [
      .optional("label", \.label, help: "Name of the cell, for other cells and expressions."),
      .optional("eval", \.eval, help: "Whether to run the cell."),
      .optional("echo", \.echo, help: "Whether to show the cell's source: true, false or fenced."),
      .optional("output", \.output, help: "Whether to show what the cell makes."),
      .optional("include", \.include, help: "false hides source and output alike."),
      .optional("error", \.error, help: "true shows a failure in its place and goes on."),
      .optional("cache", \.cache, help: "Whether to use kept results: true, false or refresh."),
      .optional("timeout", \.timeout, help: "The longest that the cell may take: 90s, 30m, 2h."),
      .optional("tbl-cap", \.tableCaption, help: "Caption of the cell's table."),
      .optional("fig-cap", \.figureCaption, help: "Caption of the cell's figure."),
      .optional("fig-alt", \.figureAlternative, help: "The figure in words."),
    ]
  }

  /// Options as one might write them.
  public static let example = """
    #| label: tbl-results
    #| tbl-cap: "Perplexity on {{ base.name }}."
    #| echo: fenced
    """

  public var label: Spanned<String>?
  public var eval = true
  /// nil: as the document's `execute:` says.
  public var echo: Echo?
  public var output = true
  public var include = true
  /// nil: as the document's `execute:` says.
  public var error: Bool?
  /// nil: as the document's `execute:` says.
  public var cache: Cache?
  /// nil: as the document's `execute:` says.
  public var timeout: TimeSpan?
  public var tableCaption: Template?
  public var figureCaption: Template?
  public var figureAlternative: Template?

  public init() {}
}
