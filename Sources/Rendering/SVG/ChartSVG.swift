import NotebookLanguage

/// Draws a chart as SVG: bars, lines, points or a histogram, with axes, error bars and labels.
///
/// Colours and fonts come from the page's CSS variables, each with a fallback, so that a chart
/// follows light and dark; a chart in a file of its own brings a style of its own. Infinite values
/// stand at the plot's upper edge with an arrow; undefined ones are left out and named below it.
struct ChartSVG {
  let chart: Chart

  private let width: Double
  private let height: Double
  private let left = 78.0
  /// Where the vertical axis's title starts.
  private let titleIndent = 16.0
  private let right = 24.0
  /// Height below the plot: ticks or the names of categories, and the horizontal axis's title.
  private let bottom: Double
  /// Height above the plot: the vertical axis's title, and the legend beside it or below it.
  private let top: Double

  private let xScale: AxisScale
  private let yScale: AxisScale
  private let legend: ChartLegend
  /// Of a bar chart.
  private let categories: CategoryLabels

  init(_ chart: Chart) {
    self.chart = chart
    width = chart.width.map { $0 * 96 } ?? 720
    height = chart.height.map { $0 * 96 } ?? 440
    legend = ChartLegend(
      labels: chart.series.map(\.label), left: left, right: width - right,
      titleEnd: titleIndent + TextWidth.estimate(Self.title(of: chart.y)),
      sampleWidth: chart.kind == .line ? 26 : 11)
    top = 34 + legend.extraHeight
    let names = chart.kind == .bar ? chart.series.first?.points.map(\.label) ?? [] : []
    let count = chart.series.map(\.points.count).max() ?? 0
    categories = CategoryLabels(
      names, left: left, slot: (width - left - right) / Double(max(count, 1)),
      mostHeight: max((height - top - 66) / 2, 0))
    bottom = 66 + categories.extraHeight
    let points = chart.series.flatMap(\.points)
    let usesErrors = chart.showsErrors
    let heights = points.flatMap { point -> [Double] in
      guard usesErrors, let error = point.error else { return [point.y] }
      return [point.y, point.y + error, point.y - error]
    }
    let isBars = chart.kind == .bar || chart.kind == .histogram
    let includesZero = isBars && !chart.y.isLogarithmic
    yScale = AxisScale(
      values: heights, isLogarithmic: chart.y.isLogarithmic, includesZero: includesZero)
    xScale = AxisScale(
      values: points.map(\.x), isLogarithmic: chart.x.isLogarithmic, includesZero: false)
  }

  /// For a page: the `<svg>` element.
  ///
  /// - Parameters:
  ///   - identifier: makes the ids of title and description unique within the page.
  ///   - title: what the figure is, for screen readers.
  ///   - description: the figure in words.
  func inline(identifier: String, title: String, description: String) -> String {
    svg(identifier: identifier, title: title, description: description, style: "")
  }

  /// A file of its own, with a style that follows the reader's light or dark.
  func standalone(title: String, description: String) -> String {
    let style = """
      <style>
      svg { --chart-ink: #1c1f23; --chart-soft: #6b7280; --chart-grid: #e2e5e9; \
      --chart-paper: #ffffff; background: #ffffff; \
      font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
      @media (prefers-color-scheme: dark) { svg { --chart-ink: #e6e8eb; --chart-soft: #9aa3ad; \
      --chart-grid: #343a41; --chart-paper: #16191d; background: #16191d; } }
      </style>
      """
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + svg(identifier: "chart", title: title, description: description, style: style) + "\n"
  }

  private func svg(identifier: String, title: String, description: String, style: String) -> String
  {
    let id = Escaping.attribute(identifier)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
        + "class=\"chart\" role=\"img\" aria-labelledby=\"\(id)-title \(id)-desc\" "
        + "font-size=\"13\" fill=\"var(--chart-ink, #1c1f23)\">",
      "<title id=\"\(id)-title\">\(Escaping.text(title))</title>",
      "<desc id=\"\(id)-desc\">\(Escaping.text(description))</desc>", style, axes,
    ]
    switch chart.kind {
    case .bar: parts.append(bars)
    case .line: parts.append(lines)
    case .scatter: parts.append(scatter)
    case .histogram: parts.append(histogram)
    }
    parts.append(keys)
    parts.append(undefinedNote)
    parts.append("</svg>")
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  // MARK: - Places

  private var plotWidth: Double { width - left - right }
  private var plotHeight: Double { height - top - bottom }
  private var baseline: Double { height - bottom }

  private func x(_ value: Double) -> Double? {
    // A margin keeps points off the axis.
    xScale.position(of: value).map { left + plotWidth * (0.04 + 0.92 * $0) }
  }

  /// Height on the page; an infinite value stands at the plot's edge.
  private func y(_ value: Double) -> Double? {
    if value == .infinity { return top }
    if value == -.infinity { return baseline }
    return yScale.position(of: value).map { baseline - plotHeight * (0.96 * $0) }
  }

  private func number(_ value: Double) -> String {
    let rounded = (value * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  private static let colours = [
    // Okabe and Ito's palette, told apart by people with any common colour vision.
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c6d31", "#6a5acd",
  ]

  private func colour(_ index: Int) -> String {
    let slot = index % Self.colours.count
    return "var(--chart-\(slot + 1), \(Self.colours[slot]))"
  }

  /// The colour of a series by its place in the chart.
  private func colour(ofSeries index: Int) -> String { colour(chart.series[index].colour ?? index) }

  /// The attribute that gives a series' line its pattern, after a space; empty for a solid one.
  private func dash(ofSeries index: Int) -> String {
    let patterns = ["", "7 5", "2 4", "10 4 2 4"]
    let pattern = patterns[chart.series[index].dash % patterns.count]
    return pattern.isEmpty ? "" : " stroke-dasharray=\"\(pattern)\""
  }

  private static func title(of axis: Chart.Axis) -> String {
    axis.label + (axis.isLogarithmic ? ", logarithmic" : "")
  }

  // MARK: - Axes

  private var axes: String {
    var parts: [String] = []
    for tick in yScale.ticks {
      guard let y = y(tick.value) else { continue }
      parts.append(
        "<line x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(y))\" "
          + "y2=\"\(number(y))\" stroke=\"var(--chart-grid, #e2e5e9)\"/>")
      parts.append(
        "<text x=\"\(number(left - 8))\" y=\"\(number(y + 4))\" text-anchor=\"end\" "
          + "fill=\"var(--chart-soft, #6b7280)\">\(Escaping.text(tick.label))</text>")
    }
    parts.append(
      "<line x1=\"\(number(left))\" x2=\"\(number(width - right))\" y1=\"\(number(baseline))\" "
        + "y2=\"\(number(baseline))\" stroke=\"var(--chart-soft, #6b7280)\"/>")
    if chart.kind != .bar {
      for tick in xScale.ticks {
        guard let x = x(tick.value), x >= left - 1, x <= width - right + 1 else { continue }
        parts.append(
          "<line x1=\"\(number(x))\" x2=\"\(number(x))\" y1=\"\(number(baseline))\" "
            + "y2=\"\(number(baseline + 5))\" stroke=\"var(--chart-soft, #6b7280)\"/>")
        parts.append(
          "<text x=\"\(number(x))\" y=\"\(number(baseline + 19))\" text-anchor=\"middle\" "
            + "fill=\"var(--chart-soft, #6b7280)\">\(Escaping.text(tick.label))</text>")
      }
      parts.append(
        "<text x=\"\(number(left + plotWidth / 2))\" y=\"\(number(height - 22))\" "
          + "text-anchor=\"middle\">\(Escaping.text(chart.x.label))</text>")
    }
    parts.append(
      "<text x=\"\(number(titleIndent))\" y=\"\(number(16))\">"
        + "\(Escaping.text(Self.title(of: chart.y)))</text>")
    return parts.joined(separator: "\n")
  }

  // MARK: - Marks

  /// A circle with its hover text, and an arrow where the value is infinite.
  private func mark(
    _ point: Chart.Point, atX x: Double, fill: String, series: Chart.Series
  ) -> String {
    guard let y = y(point.y) else { return "" }
    var text = "<g>\(hover(point, of: series))"
    if point.y.isInfinite {
      let tip = y - 6
      text +=
        "<path d=\"M\(number(x)) \(number(tip)) l7 12 h-14 z\" fill=\"\(fill)\"/>"
    } else {
      text +=
        "<circle cx=\"\(number(x))\" cy=\"\(number(y))\" r=\"5\" fill=\"\(fill)\"/>"
    }
    return errorBar(point, atX: x) + text + "</g>"
  }

  private func name(of point: Chart.Point, in series: Chart.Series) -> String {
    point.label.isEmpty ? series.label : point.label
  }

  private func hover(_ point: Chart.Point, of series: Chart.Series) -> String {
    let value = [point.yValue.text, point.yValue.error].filter { !$0.isEmpty }
      .joined(separator: " ")
    let across = chart.kind == .bar ? "" : ", \(chart.x.label): \(point.xValue.text)"
    let cause = point.yValue.cause.map { " (\($0))" } ?? ""
    return
      "<title>\(Escaping.text("\(name(of: point, in: series)): \(value)\(cause)\(across)"))</title>"
  }

  private func errorBar(_ point: Chart.Point, atX x: Double) -> String {
    guard chart.showsErrors, let error = point.error, error > 0, error.isFinite, point.y.isFinite,
      let high = y(point.y + error)
    else { return "" }
    let low = y(point.y - error) ?? baseline
    let path =
      "M\(number(x)) \(number(low)) V\(number(high)) M\(number(x - 4)) \(number(high)) h8 "
      + "M\(number(x - 4)) \(number(low)) h8"
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"var(--chart-ink, #1c1f23)\"/>"
  }

  private var scatter: String {
    var marks: [String] = []
    var centres: [(x: Double, y: Double, label: String)] = []
    for (index, series) in chart.series.enumerated() {
      for (offset, point) in series.points.enumerated() {
        guard let x = x(point.x), let y = y(point.y) else { continue }
        let slot = chart.series.count > 1 ? index : offset
        marks.append(mark(point, atX: x, fill: colour(slot), series: series))
        let suffix = point.y.isInfinite ? " (\(point.yValue.text))" : ""
        centres.append((x, y, point.label + suffix))
      }
    }
    let bounds = LabelLayout.Box(
      x: left + 2, y: 2, width: width - left - 4, height: baseline - 4)
    var layout = LabelLayout(bounds: bounds, points: centres.map { ($0.x, $0.y) }, radius: 6)
    let labels = centres.map { centre -> String in
      let textWidth = TextWidth.estimate(centre.label)
      let place = layout.place(width: textWidth, height: 15, besideX: centre.x, y: centre.y)
      return "<text x=\"\(number(place.x))\" y=\"\(number(place.y))\" "
        + "paint-order=\"stroke\" stroke=\"var(--chart-paper, #ffffff)\" stroke-width=\"3\">"
        + "\(Escaping.text(centre.label))</text>"
    }
    return (marks + labels).joined(separator: "\n")
  }

  private var lines: String {
    chart.series.enumerated().map { index, series -> String in
      let places = series.points.compactMap { point -> (Double, Double)? in
        guard point.y.isFinite, let x = x(point.x), let y = y(point.y) else { return nil }
        return (x, y)
      }
      let path = places.enumerated().map { step, place in
        "\(step == 0 ? "M" : "L")\(number(place.0)) \(number(place.1))"
      }.joined(separator: " ")
      let marks = series.points.compactMap { point in
        x(point.x).map { mark(point, atX: $0, fill: colour(ofSeries: index), series: series) }
      }
      let stroke = "stroke=\"\(colour(ofSeries: index))\"\(dash(ofSeries: index))"
      return "<path d=\"\(path)\" fill=\"none\" \(stroke) stroke-width=\"2\"/>\n"
        + marks.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private var bars: String {
    let count = chart.series.map(\.points.count).max() ?? 0
    guard count > 0 else { return "" }
    let slot = plotWidth / Double(count)
    let barWidth = min(slot * 0.76 / Double(max(chart.series.count, 1)), 70)
    var parts: [String] = []
    for (index, series) in chart.series.enumerated() {
      for (position, point) in series.points.enumerated() {
        let centre =
          left + slot * (Double(position) + 0.5)
          + barWidth * (Double(index) - Double(chart.series.count - 1) / 2)
        parts.append(bar(point, centre: centre, width: barWidth, series: index))
      }
    }
    return (parts + categories.labels.map(category)).joined(separator: "\n")
  }

  private func category(_ label: CategoryLabels.Label) -> String {
    let (x, y) = (number(label.x), number(baseline + label.y))
    if categories.slant > 0 {
      return "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"end\" "
        + "transform=\"rotate(-\(number(categories.slant)) \(x) \(y))\">"
        + "\(Escaping.text(label.lines.joined()))</text>"
    }
    if label.lines.count == 1 {
      return "<text x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">"
        + "\(Escaping.text(label.lines[0]))</text>"
    }
    let lines = label.lines.enumerated().map { index, line in
      "<tspan x=\"\(x)\" dy=\"\(index == 0 ? 0 : 15)\">\(Escaping.text(line))</tspan>"
    }
    return "<text y=\"\(y)\" text-anchor=\"middle\">\(lines.joined())</text>"
  }

  private func bar(_ point: Chart.Point, centre: Double, width: Double, series: Int) -> String {
    guard let end = y(point.y) else { return "" }
    let start = yScale.isLogarithmic ? baseline : y(0) ?? baseline
    let upper = min(start, end)
    // A bar without an end must not look like the longest of them.
    let endless =
      point.y.isInfinite
      ? " fill-opacity=\"0.25\" stroke=\"\(colour(ofSeries: series))\" stroke-dasharray=\"4 3\""
      : ""
    let rectangle =
      "<rect x=\"\(number(centre - width / 2))\" y=\"\(number(upper))\" width=\"\(number(width))\" "
      + "height=\"\(number(max(abs(start - end), 0.5)))\" rx=\"1.5\" fill=\"\(colour(ofSeries: series))\"\(endless)/>"
    let infinity =
      point.y.isInfinite
      ? "<text x=\"\(number(centre))\" y=\"\(number(top - 4))\" text-anchor=\"middle\">"
        + "\(Escaping.text(point.yValue.text)) ↑</text>" : ""
    return "<g>\(hover(point, of: chart.series[series]))\(rectangle)\(infinity)</g>"
      + errorBar(point, atX: centre)
  }

  private var histogram: String {
    chart.series.enumerated().map { index, series in
      let places = series.points.compactMap { x($0.x) }
      let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 40
      return series.points.compactMap { point -> String? in
        guard let centre = x(point.x) else { return nil }
        return bar(point, centre: centre, width: max(gap - 1, 1), series: index)
      }.joined(separator: "\n")
    }.joined(separator: "\n")
  }

  // MARK: - Legend and notes

  private var keys: String {
    legend.entries.map { entry -> String in
      let fill = colour(ofSeries: entry.series)
      let dash = dash(ofSeries: entry.series)
      let sample =
        chart.kind == .line
        ? "<path d=\"M\(number(entry.x)) \(number(entry.y - 4)) h\(number(legend.sampleWidth))\" "
          + "stroke=\"\(fill)\"\(dash) stroke-width=\"2\"/>"
        : "<rect x=\"\(number(entry.x))\" y=\"\(number(entry.y - 10))\" width=\"11\" "
          + "height=\"11\" fill=\"\(fill)\"/>"
      return sample
        + "<text x=\"\(number(entry.x + legend.sampleWidth + 5))\" y=\"\(number(entry.y))\">"
        + "\(Escaping.text(chart.series[entry.series].label))</text>"
    }.joined(separator: "\n")
  }

  /// Names what has no place: a value that is not a number, or one that a logarithmic axis lacks.
  private var undefinedNote: String {
    var missing: [String] = []
    for series in chart.series {
      for point in series.points
      where y(point.y) == nil || (chart.kind != .bar && x(point.x) == nil) {
        let name = name(of: point, in: series)
        if !missing.contains(name) { missing.append(name) }
      }
    }
    guard !missing.isEmpty else { return "" }
    return "<text x=\"\(number(left))\" y=\"\(number(height - 5))\" "
      + "fill=\"var(--chart-soft, #6b7280)\" font-size=\"12\">"
      + Escaping.text("Not drawn: " + missing.joined(separator: ", ")) + "</text>"
  }
}
