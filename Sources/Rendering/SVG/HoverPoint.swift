import NotebookLanguage

/// Shows a mark's value when it is pointed at, or reached with the keyboard: style alone does it, no
/// script.
struct HoverPoint {
  /// What reacts to the pointer.
  var box: Box
  /// Above which the value is shown, so that it does not cover the mark's error.
  var top: Double
  var name: String
  /// With its error, and why it is not finite.
  var value: String
  /// Place on the horizontal axis, such as `Tokens: 16`; nil where the name says it.
  var across: String?

  init(
    _ point: Chart.Point, in series: Chart.Series, of chart: Chart, box: Box, top: Double? = nil
  ) {
    self.box = box
    self.top = min(top ?? box.y, box.y)
    name = chart.name(of: point, in: series)
    let shown = chart.shown(point)
    let value = [shown.text, shown.error].filter { !$0.isEmpty }.joined(separator: " ")
    self.value = value + (shown.cause.map { " (\($0))" } ?? "")
    if chart.kind == .line || chart.kind == .scatter {
      across = "\(chart.x.label): \(point.xValue.text)"
    }
  }

  /// The rules of the style that show and hide; the page has them in `Theme.css`.
  static let style = """
    .point { outline: none; } .point > rect { rx: 3px; }
    .point:focus-visible > rect { stroke: var(--chart-ink); stroke-width: 2; }
    .tip { pointer-events: none; }
    .tip rect { fill: var(--chart-paper); stroke: var(--chart-soft); rx: 4px; }
    .tip text { fill: var(--chart-ink); } .tip tspan:first-child { font-weight: 600; }
    .point:is(:hover, :focus-visible) .tip { visibility: visible; }
    """

  /// More marks than this are no stops on the keyboard's way: the data table has their values.
  static let mostStops = 60

  /// More marks than this are not shown one by one, so that the page stays light.
  static let mostPoints = 500

  /// The layer over all marks.
  static func layer(_ points: [Self], within page: Box) -> String {
    guard !points.isEmpty, points.count <= mostPoints else { return "" }
    let isReachable = points.count <= mostStops
    // The empty title keeps that of the whole figure from standing beside the value.
    return SVG.group(
      "class=\"points\" fill=\"none\" pointer-events=\"all\""
        + (isReachable ? "" : " aria-hidden=\"true\""),
      ["<title></title>"] + points.map { $0.element(isReachable: isReachable, within: page) })
  }

  private func element(isReachable: Bool, within page: Box) -> String {
    let spoken = "\(name): \(value)" + (across.map { ", \($0)" } ?? "")
    let stop =
      isReachable ? " tabindex=\"0\" role=\"img\" aria-label=\"\(Escaping.attribute(spoken))\"" : ""
    return "<g class=\"point\"\(stop)><rect \(SVG.place(of: box))/>"
      + "\(tip(within: page))</g>"
  }

  private func tip(within page: Box) -> String {
    // A long cause is told in full where the mark is read out, and in the data table.
    let most = min(page.width - 40, 420)
    let lines = [name, value, across ?? ""].filter { !$0.isEmpty }
      .map { TextWidth.shortened($0, to: most) }
    // The name is bold, hence a little wider.
    let width = (lines.map(TextWidth.estimate).max() ?? 0) * 1.06 + 16
    let height = Double(lines.count) * 16 + 9
    let above = top - height - 5
    let isAbove = above >= page.y + 2
    // Beside a mark that ends near the page's upper edge.
    let beside = box.right + 6 + width <= page.right - 2 ? box.right + 6 : box.x - 6 - width
    let wanted = isAbove ? box.middleX - width / 2 : beside
    let left = max(min(wanted, page.right - width - 2), page.x + 2)
    let top = isAbove ? above : max(min(self.top, page.bottom - height - 2), page.y + 2)
    let texts = lines.enumerated().map { index, line in
      "<tspan x=\"\(SVG.number(left + 8))\" y=\"\(SVG.number(top + 16 * Double(index + 1)))\">"
        + "\(Escaping.text(line))</tspan>"
    }
    let frame = Box(x: left, y: top, width: width, height: height)
    return "<g class=\"tip\" visibility=\"hidden\"><rect \(SVG.place(of: frame))/>"
      + "<text>\(texts.joined())</text></g>"
  }
}
