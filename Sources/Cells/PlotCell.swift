public import Diagnostics
public import NotebookLanguage

/// ` ```{plot} `: draws results as a chart.
public struct PlotCell: Cell {
  public static let name = "plot"
  public static let captionKind: CaptionKind? = .figure
  public static let version = 1
  public static let summary =
    "Draws results as bars, lines, points, a histogram, a heatmap or slopes."
  public static let example = """
    #| label: fig-results
    #| fig-cap: Perplexity before and after.
    #| fig-alt: Two bars; the right one is a little higher.
    kind: bar
    from: results
    series: {Before: perplexity.before, After: perplexity.after}
    annotate:
      - {y: 36.5, text: as good as before}
    yLabel: Perplexity
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("kind", \.kind, help: "What is drawn."),
      .required("from", \.source, help: "Label of the results."),
      .optional("columns", \.columns, help: "Which results to draw; all if not given."),
      .optional(
        "x", \.x,
        help:
          "Path of the horizontal value, for lines and points; of a list, for a line a result; or "
          + "an axis of a sweep: for bars, for a heatmap's columns, for the lines of a slope chart."
      ),
      .optional(
        "y", \.y,
        help: "Path of the vertical value; of a list of values for a histogram or a line a result; "
          + "of what a heatmap's colours show."),
      .optional(
        "series", \.series,
        help:
          "Several vertical values: label and path of each; or an axis, for a series a value. They "
          + "are the rows of a heatmap and the sides of a slope chart."),
      .optional(
        "facet", \.facet,
        help: "Small multiples with shared scales: an axis, for one a value, or a list of paths."),
      .optional("where", \.choice, help: "The value to draw of axes that are laid out nowhere."),
      .optional(
        "labels", \.labels, help: "What results and values of axes are called in the chart."),
      .optional("xLabel", \.xLabel, help: "Title of the horizontal axis."),
      .optional("yLabel", \.yLabel, help: "Title of the vertical axis, or of a heatmap's colours."),
      .optional("log", \.logarithmic, help: "Axes with a logarithmic scale: x, y."),
      .optional(
        "errorBars", \.errorBars,
        help: "Whether standard errors are shown: true, false, or band along a line."),
      .optional(
        "sort", \.order,
        help: "Order of bars and of a heatmap's columns by their values in the first series."),
      .optional(
        "annotate", \.annotations,
        help: "Lines at values of the axes, or marks at points, each with a text."),
    ]
  }

  var kind = Chart.Kind.bar
  var source = Label<AnyResult>()
  var columns = ColumnGroups()
  var x: Spanned<String>?
  var y: Spanned<String>?
  var series = PlotPaths.none
  var facet = PlotPaths.none
  var choice = NamedMap<Spanned<String>>()
  var labels = NamedMap<String>()
  var xLabel: String?
  var yLabel: String?
  var logarithmic: [Spanned<AxisName>] = []
  var errorBars = Spanned(ErrorBars.bars)
  var order = Spanned(Order.given)
  var annotations: [PlotAnnotation] = []
  /// The paths that the vertical axis is titled by, where small multiples draw one each.
  var titlePaths: [String]?

  public init() {}

  /// The paths that are drawn, with the names of their series: `y` alone where 'series' names none.
  var drawnPaths: [(label: String, path: Spanned<String>)] {
    series.paths.isEmpty
      ? [(label: "", path: y ?? Spanned(""))]
      : series.paths.entries.map { (label: $0.name.value, path: $0.value) }
  }

  enum AxisName: String, SchemaChoice {
    case x, y
    static var subject: String { "axis" }
  }

  enum ErrorBars: String, SchemaChoice {
    case bars = "true"
    case none = "false"
    case band
    static var subject: String { "value for errorBars" }

    var drawn: Chart.Errors {
      switch self {
      case .bars: .bars
      case .none: .none
      case .band: .band
      }
    }
  }

  enum Order: String, SchemaChoice {
    case given, ascending, descending
    static var subject: String { "order" }
    static var aliases: [String: String] {
      ["asc": "ascending", "desc": "descending", "none": "given", "false": "given"]
    }
  }

  // MARK: - Checking

  public func check(in scope: CheckScope) -> [Diagnostic] {
    let shape = scope.shape(of: source)
    let all = SweptResults(shape)
    var diagnostics = scope.knows("kind") ? conflicts(among: all.entries.map(\.leaf)) : []
    diagnostics += annotations.flatMap { [$0.x, $0.y] }.compactMap { $0?.problem(in: scope) }
    guard case .record(let fields, _, _) = shape else { return diagnostics }
    diagnostics += all.problems(with: choice)
    let keys = ["kind", "columns", "x", "y", "series", "facet", "where"]
    guard keys.allSatisfy(scope.knows), facet.axis == nil || all.isKnown else {
      return diagnostics
    }
    do throws(Diagnostic) {
      // What is wrong with one small multiple is mostly wrong with all.
      for part in try PlotFacets.parts(of: self, among: all) {
        let problems = part.cell.problems(in: shape, all, fields)
        if !problems.isEmpty { return diagnostics + problems }
      }
    } catch {
      diagnostics.append(error)
    }
    return diagnostics
  }

  /// What is wrong with one plot: names and paths that are not in the results, axes that are left.
  private func problems(
    in shape: Shape, _ all: SweptResults<Shape>, _ fields: [Shape.Field]
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var known: [Shape] = []
    let plan = AxisPlot(self, of: all)
    for name in columns.all.map(\.name) + (plan == nil ? labels.entries.map(\.name) : []) {
      if let found = shape[path: name.value] {
        known.append(found)
      } else if FieldPath.names(of: name.value).count > 1 {
        diagnostics += PathCheck.problem(name, in: shape).map { [$0] } ?? []
      } else {
        diagnostics.append(
          .unknown("result", name.value, among: fields.map(\.name), .unknownField, at: name.span))
      }
    }
    let paths = y.map { [$0] } ?? series.paths.entries.map(\.value)
    var across = x
    if let plan {
      guard all.isKnown else { return diagnostics }
      if let problem = plan.problem(in: all) { return diagnostics + [problem] }
      diagnostics += AxisLabels(labels: labels).problems(all.axes) { all.values(of: $0) }
      known = plan.results(all).entries.map(\.leaf)
      if plan.horizontal != nil { across = nil }
      return diagnostics
        + (paths + (across.map { [$0] } ?? [])).compactMap {
          PathCheck.problem($0, in: known, wanting: .number)
        }
    }
    if kind.hasCategories, let x {
      diagnostics.append(noHorizontal(x, among: all.axes))
      across = nil
    }
    if known.isEmpty { known = fields.map(\.shape) }
    return diagnostics + pathProblems(paths, across: across, in: known)
  }

  /// What the paths lead to: numbers, or lists of them where the kind of chart draws those.
  private func pathProblems(
    _ paths: [Spanned<String>], across: Spanned<String>?, in results: [Shape]
  ) -> [Diagnostic] {
    func isList(_ path: Spanned<String>) -> Bool {
      results.contains { $0[path: path.value]?.kind == .list }
    }
    let drawsLists = kind == .line && paths.contains(where: isList)
    let wanted: PathCheck.Wanted =
      kind == .histogram || drawsLists ? .list : .number
    return (paths + (across.map { [$0] } ?? [])).compactMap {
      PathCheck.problem($0, in: results, wanting: wanted)
    }
  }

  func noHorizontal(_ x: Spanned<String>, among axes: [String]) -> Diagnostic {
    Diagnostic(
      .conflictingKeys, "a \(kind.rawValue) chart has no 'x', except for an axis of a sweep",
      at: x.span, help: axes.isEmpty ? nil : Diagnostic.suggestion(for: x.value, among: axes))
  }

  public func shape(in scope: CheckScope) -> Shape { .text }

  // MARK: - Drawing

  public func run(in context: CellContext) async throws -> DrawnChart {
    let results = try await context.value(of: source).value
    let all = SweptResults(results)
    var parts: [(label: String, chart: Chart)] = []
    for part in try PlotFacets.parts(of: self, among: all) {
      parts.append((part.label, try part.cell.chart(of: results, all)))
    }
    var chart = PlotFacets.joined(parts)
    if kind == .histogram { chart = chart.binned }
    chart = chart.sorted(order.value)
    for annotation in annotations {
      chart.annotations.append(try annotation.drawn(in: context.scope))
    }
    return DrawnChart(chart: chart)
  }

  /// One plot. The points of a histogram are its samples.
  private func chart(
    of results: NotebookLanguage.Value, _ all: SweptResults<NotebookLanguage.Value>
  ) throws(Diagnostic) -> Chart {
    if let plan = AxisPlot(self, of: all) { return try plan.chart(of: all) }
    if kind.hasCategories, let x { throw noHorizontal(x, among: all.axes) }
    return try NamedPlot(self, of: results).chart()
  }

  func axis(_ name: AxisName, title: String) -> Chart.Axis {
    Chart.Axis(
      label: (name == .x ? xLabel : yLabel) ?? title,
      isLogarithmic: logarithmic.contains { $0.value == name })
  }

  static func point(_ label: String, x: Number, y: Number) -> Chart.Point {
    Chart.Point(
      label: label, x: x.plotted, y: y.plotted, error: y.error.map { $0 / y.unit.plotScale },
      xValue: DisplayedValue(.number(x)), yValue: DisplayedValue(.number(y)))
  }

  /// `memory.after.reported` in MiB is titled `Memory after (MiB)`: the first two names say what it
  /// is, the third only by which account; `bitsPerWeight` is `Bits per weight`. Several paths are titled by what they have in common:
  /// `perplexity.before` and `perplexity.after` are `Perplexity`.
  ///
  /// - Parameter unit: of a path's values, such as `ms`; empty where they have none.
  static func axisTitle(_ paths: [String], unit: (String) -> String) -> String {
    let names = paths.map { $0.split(separator: ".") }
    let common = (names.first ?? []).enumerated().prefix { place, name in
      names.allSatisfy { $0.indices.contains(place) && $0[place] == name }
    }.map(\.element)
    let words =
      common.isEmpty && paths.count > 1
      ? ["value"] : common.prefix(2).map { AxisLabels.words(of: String($0)) }
    let text = words.joined(separator: " ")
    let title = text.prefix(1).uppercased() + text.dropFirst()
    let units = Set(paths.map(unit))
    guard units.count == 1, let unit = units.first, !unit.isEmpty else { return title }
    return "\(title) (\(unit))"
  }
}

/// A chart, ready to be drawn.
public struct DrawnChart: CellValue {
  let chart: Chart

  public var expressionValue: Value { .text(chart.kind.rawValue) }
  public func display(of record: NotebookLanguage.Value) -> Display? { .chart(chart) }
}

extension Chart.Kind: SchemaChoice {
  public static var subject: String { "kind of chart" }
  public static var aliases: [String: String] {
    [
      "bars": "bar", "column": "bar", "lines": "line", "points": "scatter", "hist": "histogram",
      "heat": "heatmap", "matrix": "heatmap", "slopes": "slope", "slopechart": "slope",
    ]
  }
  public var help: String? {
    switch self {
    case .bar: "Bars in groups, with error bars."
    case .line: "Lines, with errors as bars or as a band."
    case .scatter: "Points with their names."
    case .histogram: "How often values occur in a list of samples."
    case .heatmap: "A table of colours with the values in them."
    case .slope: "A line for each result from before to after."
    }
  }
}

extension Number {
  /// The value in the unit that axes show.
  var plotted: Double { value / unit.plotScale }
}

extension Unit {
  var plotScale: Double { self == .bytes ? 1_048_576 : 1 }

  var plotName: String {
    switch self {
    case .none: ""
    case .bytes: "MiB"
    case .milliseconds: "ms"
    }
  }
}
