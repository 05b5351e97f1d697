public import Diagnostics

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
      .optional("tbl-cap", \.tableCaption, help: "Caption of the cell's table."),
      .optional("fig-cap", \.figureCaption, help: "Caption of the cell's figure."),
      .optional("fig-alt", \.figureAlternative, help: "The figure in words."),
    ] + defaults
  }

  /// The keys that `execute:` of the front matter takes too, for all cells.
  static var defaults: [SchemaKey<Self>] {
    [
      .optional("eval", \.eval, help: "Whether to run the cell."),
      .optional("echo", \.echo, help: "Whether to show the cell's source: true, false or fenced."),
      .optional("output", \.output, help: "Whether to show what the cell makes."),
      .optional("include", \.include, help: "false hides source and output alike."),
      .optional("error", \.error, help: "true shows a failure in its place and goes on."),
      .optional("cache", \.cache, help: "Whether to use kept results: true, false or refresh."),
      .optional("timeout", \.timeout, help: "The longest that the cell may take: 90s, 30m, 2h."),
      .optional(
        "code-fold", \.foldsCode, help: "Whether a source that is shown opens at a click (HTML)."),
      .optional("fig-width", \.figureWidth, help: "Width of a chart in inches, 7.5 if not given."),
      .optional("fig-height", \.figureHeight, help: "Height of a chart in inches."),
    ]
  }

  /// Options as one might write them.
  public static let example = """
    #| label: tbl-results
    #| tbl-cap: "Perplexity on {{ base.name }}."
    #| echo: fenced
    """

  public var label: Spanned<String>?
  public var tableCaption: Template?
  public var figureCaption: Template?
  public var figureAlternative: Template?
  public var eval = Spanned(true)
  public var echo = Echo.no
  public var output = true
  public var include = true
  public var error = false
  public var cache = Cache.use
  /// nil: as long as the command allows.
  public var timeout: TimeSpan?
  public var foldsCode = false
  public var figureWidth: FigureLength?
  public var figureHeight: FigureLength?

  public init() {}
}

/// A side of a figure in inches, as in Quarto.
public struct FigureLength: SchemaValue, Hashable {
  public var inches: Double

  public static var typeName: String { "a number of inches from 2 to 30" }
  public static var form: SchemaForm { .number }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    var ignored: [Diagnostic] = []
    guard let inches = Double.decode(node, &ignored) else {
      diagnostics.append(mismatch(node))
      return nil
    }
    guard (2...30).contains(inches) else {
      diagnostics.append(
        Diagnostic(.outOfRange, "a figure's side has from 2 to 30 inches", at: node.span))
      return nil
    }
    return Self(inches: inches)
  }
}

/// `execute:` of the front matter: defaults for every cell; a cell's own `#|` line wins.
public struct ExecuteDefaults: SchemaValue {
  /// What a cell without `#|` lines has.
  public var options = CellOptions()

  public init() {}

  public static var typeName: String { "a mapping with \(names.joined(separator: ", "))" }
  public static var form: SchemaForm {
    .record(CellOptions.defaults.map(\.description), listKey: nil)
  }
  private static var names: [String] { CellOptions.defaults.map(\.name) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    var defaults = Self()
    if case .mapping(let pairs) = node.content {
      var known = node
      known.content = .mapping(pairs.filter { names.contains($0.key.scalar ?? "") })
      for pair in pairs where !names.contains(pair.key.scalar ?? "") {
        diagnostics.append(
          .unknown("key", pair.key.scalar ?? "", among: names, .unknownKey, at: pair.key.span))
      }
      defaults.options =
        CellOptions.read(known, called: "execute", pending: .areMistakes, &diagnostics).value
    } else if !node.isNull {
      diagnostics.append(mismatch(node))
    }
    return defaults
  }
}

extension CellOptions {
  /// Whether what the cell shows stands in the report.
  var isShown: Bool { eval.value && output && include }
}
