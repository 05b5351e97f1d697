public import Diagnostics
public import NotebookLanguage

/// ` ```{plot} `: draws results as a chart.
public struct PlotCell: Cell {
  public static let name = "plot"
  public static let version = 1
  public static let summary = "Draws results as bars, lines, points or a histogram."
  public static let example = """
    #| label: fig-results
    #| fig-cap: Perplexity before and after.
    #| fig-alt: Two bars; the right one is a little higher.
    kind: bar
    from: results
    series: {Before: perplexity.before, After: perplexity.after}
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
          + "an axis of a sweep."),
      .optional(
        "y", \.y,
        help: "Path of the vertical value; of a list of values for a histogram or a line a result."),
      .optional(
        "series", \.series,
        help: "Several vertical values: label and path of each; or an axis, for a series a value."),
      .optional("where", \.choice, help: "The value to draw of axes that are laid out nowhere."),
      .optional(
        "labels", \.labels, help: "What results and values of axes are called in the chart."),
      .optional("xLabel", \.xLabel, help: "Title of the horizontal axis."),
      .optional("yLabel", \.yLabel, help: "Title of the vertical axis."),
      .optional("log", \.logarithmic, help: "Axes with a logarithmic scale: x, y."),
      .optional("errorBars", \.errorBars, help: "Whether to draw standard errors."),
    ]
  }

  var kind = Chart.Kind.bar
  var source = Label<AnyResult>()
  var columns = ColumnGroups()
  var x: Spanned<String>?
  var y: Spanned<String>?
  var series = PlotSeries.paths(NamedMap())
  var choice = NamedMap<Spanned<String>>()
  var labels = NamedMap<String>()
  var xLabel: String?
  var yLabel: String?
  var logarithmic: [AxisName] = []
  var errorBars = true

  public init() {}

  enum AxisName: String, SchemaChoice {
    case x, y
    static var subject: String { "axis" }
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics = scope.knows("kind") ? conflicts : []
    let shape = scope.shape(of: source)
    guard case .record(let fields, _, _) = shape else { return diagnostics }
    let all = SweptResults(shape)
    diagnostics += all.problems(with: choice)
    let keys = ["kind", "columns", "x", "y", "series", "where"]
    guard keys.allSatisfy(scope.knows) else { return diagnostics }
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
    if kind == .bar, let x {
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

  /// Keys that need each other or exclude each other.
  private var conflicts: [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if y == nil, series.paths.isEmpty {
      diagnostics.append(
        Diagnostic(
          .missingKey,
          series.axis == nil
            ? "a \(kind.rawValue) chart needs the key 'y' or 'series'"
            : "a chart with a series for each value of an axis needs the key 'y'",
          at: series.axis?.span ?? source.span))
    }
    if let y, let second = series.paths.entries.first {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'y' and 'series' exclude each other", at: second.name.span,
          notes: [Diagnostic.Note("'y' is given here", at: y.span)]))
    }
    if kind == .line || kind == .scatter, x == nil {
      diagnostics.append(
        Diagnostic(.missingKey, "a \(kind.rawValue) chart needs the key 'x'", at: source.span))
    }
    if kind == .histogram, let x {
      diagnostics.append(Diagnostic(.conflictingKeys, "a histogram chart has no 'x'", at: x.span))
    }
    return diagnostics
  }

  private func noHorizontal(_ x: Spanned<String>, among axes: [String]) -> Diagnostic {
    Diagnostic(
      .conflictingKeys, "a bar chart has no 'x', except for an axis of a sweep", at: x.span,
      help: axes.isEmpty ? nil : Diagnostic.suggestion(for: x.value, among: axes))
  }

  public func shape(in scope: CheckScope) -> Shape { .text }

  public func run(in context: CellContext) async throws -> DrawnChart {
    let results = try await context.value(of: source).value
    let swept = SweptResults(results)
    if let plan = AxisPlot(self, of: swept) {
      return DrawnChart(chart: try plan.chart(of: swept))
    }
    if kind == .bar, let x { throw noHorizontal(x, among: swept.axes) }
    let names = try columnNames(in: results)
    let paths =
      series.paths.isEmpty
      ? [(label: "", path: y ?? Spanned(""))]
      : series.paths.entries.map { (label: $0.name.value, path: $0.value) }
    var drawn: [Chart.Series] = []
    for (index, (label, path)) in paths.enumerated() {
      if kind == .histogram {
        drawn += try names.map { try histogram(of: $0, path, in: results, series: label) }
      } else if kind == .line, isList(path, of: names, in: results) {
        for (place, name) in names.enumerated() {
          var line = try line(of: name, path, in: results, series: label)
          if names.count > 1 { (line.colour, line.dash) = (place, index) }
          drawn.append(line)
        }
      } else {
        drawn.append(
          Chart.Series(label: label, points: try points(names, path, in: results)))
      }
    }
    let shown = paths.map(\.path.value)
    return DrawnChart(
      chart: Chart(
        kind: kind, x: horizontalAxis(results, names, shown),
        y: verticalAxis(results, names, shown),
        series: drawn, showsErrors: errorBars))
  }

  private func columnNames(in results: Value) throws(Diagnostic) -> [String] {
    if !columns.all.isEmpty { return columns.all.map(\.name.value) }
    guard case .record(let record) = results else {
      throw Diagnostic(
        .wrongKindOfLabel, "'\(source.text)' has no results by name to draw", at: source.span)
    }
    let records = record.fields.filter { if case .record = $0.value { true } else { false } }
    return labels.entries.isEmpty ? records.map(\.name) : labels.names
  }

  private func points(
    _ names: [String], _ path: Spanned<String>, in results: Value
  ) throws(Diagnostic) -> [Chart.Point] {
    var points: [Chart.Point] = []
    for (index, name) in names.enumerated() {
      let vertical = try number(of: name, path, in: results)
      var horizontal = Number(Double(index), origin: .given)
      if let x { horizontal = try number(of: name, x, in: results) }
      points.append(Self.point(title(of: name), x: horizontal, y: vertical))
    }
    return kind == .line ? points.sorted { $0.x < $1.x } : points
  }

  static func point(_ label: String, x: Number, y: Number) -> Chart.Point {
    Chart.Point(
      label: label, x: x.plotted, y: y.plotted, error: y.error.map { $0 / y.unit.plotScale },
      xValue: DisplayedValue(.number(x)), yValue: DisplayedValue(.number(y)))
  }

  // MARK: - Lists

  private func isList(_ path: Spanned<String>, of names: [String], in results: Value) -> Bool {
    names.contains { name in
      if case .list? = results[path: name]?[path: path.value] { true } else { false }
    }
  }

  /// The points of one result, in the order of its lists.
  private func line(
    of name: String, _ path: Spanned<String>, in results: Value, series label: String
  ) throws(Diagnostic) -> Chart.Series {
    let vertical = try numbers(of: name, path, in: results)
    let across = x ?? path
    let horizontal = try numbers(of: name, across, in: results)
    guard horizontal.count == vertical.count else {
      throw Diagnostic(
        .impossibleSetting,
        "'\(name)' has \(vertical.count) values at '\(path.value)', but \(horizontal.count) at "
          + "'\(across.value)'", at: path.span,
        notes: [Diagnostic.Note("the horizontal values are named here", at: across.span)],
        help: "a line needs lists of equal length, such as growth.prefill.tokens and "
          + "growth.prefill.before")
    }
    return Chart.Series(
      label: seriesTitle(name, label),
      points: zip(horizontal, vertical).map { Self.point("", x: $0, y: $1) })
  }

  private func numbers(
    of name: String, _ path: Spanned<String>, in results: Value
  ) throws(Diagnostic) -> [Number] {
    guard case .list(let values)? = results[path: name]?[path: path.value] else {
      throw Diagnostic(
        .unknownField, "'\(name)' has no list of values at '\(path.value)'", at: path.span)
    }
    return values.compactMap(\.asNumber)
  }

  private func seriesTitle(_ name: String, _ label: String) -> String {
    label.isEmpty ? title(of: name) : "\(title(of: name)), \(label)"
  }

  private func title(of name: String) -> String {
    labels[name] ?? columns.all.first { $0.name.value == name }?.label ?? name
  }

  private func number(
    of name: String, _ path: Spanned<String>, in results: Value
  ) throws(Diagnostic) -> Number {
    guard let number = results[path: name]?[path: path.value]?.asNumber else {
      throw Diagnostic(
        .unknownField, "'\(name)' has no number at '\(path.value)'", at: path.span)
    }
    return number
  }

  /// Counts of samples in bins of equal width, as many as the square root of their number and at
  /// most 60.
  private func histogram(
    of name: String, _ path: Spanned<String>, in results: Value, series label: String
  ) throws(Diagnostic) -> Chart.Series {
    let samples = try numbers(of: name, path, in: results).map(\.plotted).filter(\.isFinite)
    let title = seriesTitle(name, label)
    guard let low = samples.min(), let high = samples.max() else {
      return Chart.Series(label: title, points: [])
    }
    let count = min(max(Int(Double(samples.count).squareRoot().rounded(.up)), 1), 60)
    let width = high > low ? (high - low) / Double(count) : 1
    var counts = [Int](repeating: 0, count: count)
    for sample in samples { counts[min(Int((sample - low) / width), count - 1)] += 1 }
    let points = counts.enumerated().map { index, members in
      let start = low + Double(index) * width
      let range =
        "\(DisplayedValue(.number(start)).text)–\(DisplayedValue(.number(start + width)).text)"
      return Chart.Point(
        label: range, x: start + width / 2, y: Double(members),
        xValue: DisplayedValue(text: range), yValue: DisplayedValue(.count(members)))
    }
    return Chart.Series(label: title, points: points)
  }

  // MARK: - Axes

  private func horizontalAxis(_ results: Value, _ names: [String], _ paths: [String]) -> Chart.Axis
  {
    let subjects = kind == .histogram ? paths : [x?.value ?? ""]
    return Chart.Axis(
      label: xLabel ?? Self.axisTitle(subjects) { unit(of: $0, results, names) },
      isLogarithmic: logarithmic.contains(.x))
  }

  private func verticalAxis(_ results: Value, _ names: [String], _ paths: [String]) -> Chart.Axis {
    let title =
      kind == .histogram
      ? "Samples" : Self.axisTitle(paths) { unit(of: $0, results, names) }
    return Chart.Axis(label: yLabel ?? title, isLogarithmic: logarithmic.contains(.y))
  }

  private func unit(of path: String, _ results: Value, _ names: [String]) -> String {
    guard let name = names.first, let value = results[path: name]?[path: path] else { return "" }
    if case .list(let values) = value { return values.first?.asNumber?.unit.plotName ?? "" }
    return value.asNumber?.unit.plotName ?? ""
  }

  /// `memory.after.reported` in MiB is titled `Memory after (MiB)`: the first two names say what it
  /// is, the third only by which account. Several paths are titled by what they have in common:
  /// `perplexity.before` and `perplexity.after` are `Perplexity`.
  ///
  /// - Parameter unit: of a path's values, such as `ms`; empty where they have none.
  static func axisTitle(_ paths: [String], unit: (String) -> String) -> String {
    let names = paths.map { $0.split(separator: ".") }
    let common = (names.first ?? []).enumerated().prefix { place, name in
      names.allSatisfy { $0.indices.contains(place) && $0[place] == name }
    }.map(\.element)
    let words =
      common.isEmpty && paths.count > 1 ? "value" : common.prefix(2).joined(separator: " ")
    let title = words.prefix(1).uppercased() + words.dropFirst()
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
