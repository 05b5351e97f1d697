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
        drawing.labels.append(text(point, in: box))
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

  private func text(_ point: Chart.Point, in box: Box) -> String {
    let fits = { (text: String) in
      TextWidth.estimate(text) + 6 <= box.width && box.height >= LabelLayout.lineHeight
    }
    let texts = [point.yValue.text, point.yValue.number.map(AxisScale.brief) ?? ""]
    guard let text = texts.first(where: { !$0.isEmpty && fits($0) }) else { return "" }
    let ink =
      scale.position(of: point.y).map(ChartColours.ink(onHeat:))
      ?? (point.y.isInfinite ? ChartColours.ink : ChartColours.soft)
    return SVG.text(text, x: box.middleX, y: box.middleY + 4.5, .middle, "fill=\"\(ink)\"")
  }
}
