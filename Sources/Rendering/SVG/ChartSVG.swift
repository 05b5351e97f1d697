import NotebookLanguage

/// Draws a chart as SVG.
///
/// Colours and fonts come from the page's CSS variables, each with a fallback, so that a chart
/// follows light and dark; a chart in a file of its own brings a style of its own. Infinite values
/// stand at the plot's edge with an arrow; undefined ones are left out and named below it.
struct ChartSVG {
  let chart: Chart
  private let marks: any ChartMarks
  private let layout: ChartLayout

  init(_ chart: Chart) {
    self.chart = chart
    marks = chart.kind.marks.init(chart)
    layout = ChartLayout(chart, marks)
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
      svg { --chart-ink: #1c1f23; --chart-soft: #5b6470; --chart-grid: #e2e5e9; \
      --chart-paper: #ffffff; background: #ffffff; \
      font-family: system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
      @media (prefers-color-scheme: dark) { svg { --chart-ink: #e6e8eb; --chart-soft: #9aa3ad; \
      --chart-grid: #343a41; --chart-paper: #16191d; background: #16191d; \
      --chart-1: #56b4e9; --chart-2: #ff8a3d; --chart-3: #2fc49a; --chart-4: #e39cc4; \
      --chart-5: #f0b83a; --chart-6: #8fcdf2; --chart-7: #c9a15f; --chart-8: #a79cf0; \
      --chart-low: #0a1520; --chart-high: #8fc5fd; --chart-on-low: #ffffff; \
      --chart-on-high: #000000; } }
      \(HoverPoint.style)
      </style>
      """
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + svg(identifier: "chart", title: title, description: description, style: style) + "\n"
  }

  private func svg(identifier: String, title: String, description: String, style: String) -> String
  {
    var undrawn: [String] = []
    var unnamed = 0
    var hovers: [HoverPoint] = []
    var parts: [String] = []
    for panel in layout.panels {
      let drawing = marks.drawing(of: chart.series(of: panel.facet), in: panel.area)
      parts.append(ChartAxes(chart: chart, panel: panel).drawn())
      parts += drawing.shapes + drawing.labels
      parts += ChartAnnotations.drawn(chart.annotations, in: panel.area, taken: drawing.taken)
      hovers += drawing.hovers
      unnamed += drawing.unnamed
      for name in drawing.undrawn where !undrawn.contains(name) { undrawn.append(name) }
    }
    parts += titles + [legend, note(undrawn: undrawn, unnamed: unnamed)]
    let id = Escaping.attribute(identifier)
    // Marks that can be reached are not those of a picture, whose parts nobody is told of.
    let role = hovers.isEmpty || hovers.count > HoverPoint.mostStops ? "img" : "group"
    // The same words twice are no description.
    let isDescribed = !description.isEmpty && description != title
    // Letters of one size in charts of any width.
    let size =
      chart.width == nil
      ? ""
      : " width=\"\(SVG.number(layout.page.width))\" height=\"\(SVG.number(layout.page.height))\""
    return [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(SVG.number(layout.page.width)) "
        + "\(SVG.number(layout.page.height))\" class=\"chart\"\(size) role=\"\(role)\" "
        + "aria-labelledby=\"\(id)-title\" "
        + (isDescribed ? "aria-describedby=\"\(id)-desc\" " : "") + "font-size=\"13\" "
        + "fill=\"\(ChartColours.ink)\">",
      "<title id=\"\(id)-title\">\(Escaping.text(title))</title>",
      isDescribed ? "<desc id=\"\(id)-desc\">\(Escaping.text(description))</desc>" : "", style,
      SVG.group("aria-hidden=\"true\"", parts),
      HoverPoint.layer(hovers, within: layout.page), "</svg>",
    ].filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var titles: [String] {
    let across =
      chart.x.title.isEmpty
      ? ""
      : SVG.text(
        chart.x.label, x: (layout.left + layout.right) / 2, y: layout.page.bottom - 22, .middle)
    return [SVG.text(chart.y.title, x: layout.titleIndent, y: 16), across]
  }

  private var legend: String {
    switch marks.legend {
    case .series(let isLine): layout.legend.drawn(layout.series, of: chart, isLine: isLine)
    case .scale(let scale):
      HeatLegend(scale: scale, x: layout.heatLegend.x, y: layout.heatLegend.y).drawn()
    case .none: ""
    }
  }

  /// Says how many marks have no room for their names, and names what has no place: a value that is not
  /// a number, or one that a logarithmic axis lacks.
  private func note(undrawn: [String], unnamed: Int) -> String {
    let parts = [
      unnamed == 0 ? "" : "\(unnamed) \(unnamed == 1 ? "name has" : "names have") no room here",
      undrawn.isEmpty ? "" : "Not drawn: " + undrawn.joined(separator: ", "),
    ].filter { !$0.isEmpty }
    guard !parts.isEmpty else { return "" }
    let text = parts.joined(separator: ". ")
    return SVG.text(
      TextWidth.shortened(text, to: layout.page.width - layout.left), x: layout.left,
      y: layout.page.bottom - 5, .start, "fill=\"\(ChartColours.soft)\" font-size=\"12\"")
  }
}
