import NotebookLanguage

/// The axes of one plot: lines of the grid, ticks with their values, names.
struct ChartAxes {
  let chart: Chart
  let panel: ChartLayout.Panel

  private var area: PlotArea { panel.area }
  private var box: Box { panel.area.box }

  func drawn() -> String {
    ([facetTitle] + vertical + horizontal).filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private var facetTitle: String {
    guard !panel.facet.isEmpty else { return "" }
    let title = TextWidth.shortened(panel.facet, to: box.width)
    return SVG.text(title, x: box.x, y: box.y - 8, .start, "font-weight=\"600\"")
  }

  private var vertical: [String] {
    switch area.down {
    case .values(let scale):
      let ticks = scale.ticks.compactMap { tick in area.y(tick.value).map { (tick, $0) } }
      let grid = ticks.map { "M\(SVG.number(box.x)) \(SVG.number($0.1))h\(SVG.number(box.width))" }
      let labels = ticks.map { tick, y in SVG.text(tick.label, x: box.x - 8, y: y + 4) }
      return [
        "<path d=\"\(grid.joined())\" fill=\"none\" stroke=\"\(ChartColours.grid)\"/>",
        panel.isLabelled
          ? SVG.group("fill=\"\(ChartColours.soft)\" text-anchor=\"end\"", labels) : "",
      ]
    case .names(let names), .sides(let names, _, _):
      guard panel.isLabelled else { return [] }
      // Of rows lower than a line, some have no name: hover texts and the table have all.
      let step = max(Int((LabelLayout.lineHeight / max(area.rowHeight, 1)).rounded(.up)), 1)
      let labels = names.enumerated().filter { $0.offset % step == 0 }.map { index, name in
        SVG.text(
          TextWidth.shortened(name, to: box.x - 16), x: box.x - 8, y: area.row(index) + 4.5)
      }
      let title =
        chart.seriesTitle.isEmpty || !panel.facet.isEmpty
        ? ""
        : SVG.text(
          TextWidth.shortened(chart.seriesTitle, to: box.x - 12), x: box.x - 8, y: box.y - 8,
          .end, "fill=\"\(ChartColours.soft)\"")
      return [title, SVG.group("text-anchor=\"end\"", labels)]
    }
  }

  private var horizontal: [String] {
    guard case .values(let scale) = area.across else {
      return [base, panel.categories?.drawn(below: box.bottom) ?? ""]
    }
    var marks: [String] = []
    var labels: [String] = []
    var end = -Double.infinity
    for tick in scale.ticks {
      guard let x = area.x(tick.value), x >= box.x - 1, x <= box.right + 1 else { continue }
      marks.append("M\(SVG.number(x)) \(SVG.number(box.bottom))v5")
      // A narrow plot has room for some of them.
      let width = TextWidth.estimate(tick.label)
      guard x - width / 2 >= end + 8 else { continue }
      labels.append(SVG.text(tick.label, x: x, y: box.bottom + 19))
      end = x + width / 2
    }
    return [
      base,
      "<path d=\"\(marks.joined())\" fill=\"none\" stroke=\"\(ChartColours.soft)\"/>",
      SVG.group("fill=\"\(ChartColours.soft)\" text-anchor=\"middle\"", labels),
    ]
  }

  /// Where bars start, which may hang below it; the plot's lower edge in charts without bars.
  private var base: String {
    guard case .values(let scale) = area.down else { return "" }
    let hasBars = chart.kind == .bar && !scale.isLogarithmic
    let y = hasBars ? area.y(0) ?? box.bottom : box.bottom
    return SVG.line(box.x, y, box.right, y, stroke: ChartColours.soft)
  }
}
