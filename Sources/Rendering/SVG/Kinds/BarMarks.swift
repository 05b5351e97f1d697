import NotebookLanguage

/// Bars in groups, one group for each category, with error bars.
struct BarMarks: ChartMarks {
  private let chart: Chart
  private let scale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    scale = chart.verticalScale(includesZero: true)
  }

  var across: PlotAxis { .names(chart.categories) }
  var down: PlotAxis { .values(scale) }
  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    let width = min(area.columnWidth * 0.76 / Double(max(series.count, 1)), 70)
    var drawing = MarksDrawing()
    for (index, one) in series.enumerated() {
      for (position, point) in one.points.enumerated() {
        let centre =
          area.column(position) + width * (Double(index) - Double(series.count - 1) / 2)
        Bar(
          centre: centre, width: width, look: chart.look(of: one, at: index),
          isLogarithmic: scale.isLogarithmic
        ).draw(point, in: one, of: chart, area, &drawing)
      }
    }
    return drawing
  }
}

/// A bar from zero, or from the lower end of a logarithmic axis.
struct Bar {
  var centre: Double
  var width: Double
  var look: SeriesLook
  var isLogarithmic: Bool

  func draw(
    _ point: Chart.Point, in series: Chart.Series, of chart: Chart, _ area: PlotArea,
    _ drawing: inout MarksDrawing
  ) {
    guard let end = area.y(point.y) else {
      drawing.undrawn.append(chart.name(of: point, in: series))
      return
    }
    let start = isLogarithmic ? area.box.bottom : area.y(0) ?? area.box.bottom
    let box = Box(
      x: centre - width / 2, y: min(start, end), width: width,
      height: max(abs(start - end), 0.5))
    // A bar without an end must not look like the longest of them.
    let style =
      point.y.isInfinite
      ? "fill-opacity=\"0.25\" stroke=\"\(look.colour)\" stroke-dasharray=\"4 3\"" : look.areaStyle
    drawing.shapes.append(
      SVG.rectangle(box, fill: look.colour, "rx=\"1.5\"" + (style.isEmpty ? "" : " " + style)))
    if point.y.isInfinite {
      let y = point.y > 0 ? area.box.y - 4 : area.box.bottom - 6
      drawing.labels.append(
        SVG.text("\(point.yValue.text) \(point.y > 0 ? "↑" : "↓")", x: centre, y: y, .middle))
    }
    drawing.shapes.append(ErrorMark.bar(point, atX: centre, in: area, of: chart))
    var hit = box
    if hit.height < 14 { (hit.y, hit.height) = (min(hit.y, area.box.bottom - 14), 14) }
    let top = ErrorMark.range(of: point, in: area).map { min($0.high, box.y) } ?? box.y
    drawing.hovers.append(HoverPoint(point, in: series, of: chart, box: hit, top: top))
    drawing.taken.append(Box(x: box.x, y: top, width: width, height: box.bottom - top))
  }
}
