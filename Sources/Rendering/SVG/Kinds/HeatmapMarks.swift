import NotebookLanguage

/// A cell for each category and series, coloured by its value, which is printed in it.
struct HeatmapMarks: ChartMarks {
  private let chart: Chart
  private let scale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    scale = AxisScale(
      values: chart.series.flatMap(\.points).map(\.y), isLogarithmic: chart.y.isLogarithmic,
      includesZero: false)
  }

  var across: PlotAxis { .names(chart.categories) }
  var down: PlotAxis {
    var rows: [String] = []
    for series in chart.series where !rows.contains(series.label) { rows.append(series.label) }
    return .names(rows)
  }
  var legend: ChartLegend.Content { .scale(scale) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    let rows = area.down.names
    let texts = texts(in: area)
    for one in series {
      guard let row = rows.firstIndex(of: one.label) else { continue }
      for (column, point) in one.points.enumerated() {
        // A gap of the paper's colour between cells, unless they are very small.
        let gap = min(area.columnWidth, area.rowHeight) > 8 ? 1.0 : 0
        let box = Box(
          x: area.column(column) - area.columnWidth / 2 + gap,
          y: area.row(row) - area.rowHeight / 2 + gap, width: area.columnWidth - 2 * gap,
          height: area.rowHeight - 2 * gap)
        drawing.shapes.append(cell(point, in: box))
        drawing.labels.append(text(texts(point), of: point, in: box))
        drawing.hovers.append(HoverPoint(point, in: one, of: chart, box: box))
      }
    }
    return drawing
  }

  /// An infinite value has a dashed frame, a missing one none: neither has a place on the scale.
  private func cell(_ point: Chart.Point, in box: Box) -> String {
    if let share = scale.position(of: point.y) {
      return SVG.rectangle(box, fill: ChartColours.heat(share))
    }
    guard point.y.isInfinite else { return "" }
    return SVG.rectangle(
      Box(x: box.x + 1, y: box.y + 1, width: box.width - 2, height: box.height - 2),
      fill: "none", "stroke=\"\(ChartColours.ink)\" stroke-dasharray=\"4 3\"")
  }

  /// How values are printed in cells: in full, in short, or not at all, but all of them alike. What has no
  /// place on the scale is always named.
  private func texts(in area: PlotArea) -> (Chart.Point) -> String {
    let points = chart.series.flatMap(\.points)
    let full = ValueTexts(chart).text
    let brief = { (point: Chart.Point) in AxisScale.brief(point.yValue.number ?? point.y) }
    let fits = { (text: (Chart.Point) -> String) in
      points.allSatisfy { !$0.y.isFinite || TextWidth.estimate(text($0)) + 6 <= area.columnWidth }
    }
    guard area.rowHeight >= LabelLayout.lineHeight else { return { _ in "" } }
    let finite = fits(full) ? full : fits(brief) ? brief : { _ in "" }
    return { point in
      guard point.y.isFinite else {
        let text = point.yValue.text
        return TextWidth.estimate(text) + 6 <= area.columnWidth ? text : ""
      }
      return finite(point)
    }
  }

  private func text(_ text: String, of point: Chart.Point, in box: Box) -> String {
    guard !text.isEmpty else { return "" }
    let ink =
      scale.position(of: point.y).map(ChartColours.ink(onHeat:))
      ?? (point.y.isInfinite ? ChartColours.ink : ChartColours.soft)
    return SVG.text(text, x: box.middleX, y: box.middleY + 4.5, .middle, "fill=\"\(ink)\"")
  }
}
