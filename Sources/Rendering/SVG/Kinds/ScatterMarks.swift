import NotebookLanguage

/// Points with their names beside them.
struct ScatterMarks: ChartMarks {
  private let chart: Chart
  private let xScale: AxisScale
  private let yScale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    xScale = AxisScale(
      values: chart.horizontalExtent, isLogarithmic: chart.x.isLogarithmic, includesZero: false)
    yScale = AxisScale(
      values: chart.verticalExtent, isLogarithmic: chart.y.isLogarithmic, includesZero: false)
  }

  var across: PlotAxis { .values(xScale) }
  var down: PlotAxis { .values(yScale) }
  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    var centres: [(x: Double, y: Double, label: String)] = []
    for (index, one) in series.enumerated() {
      for (offset, point) in one.points.enumerated() {
        guard let x = area.x(point.x), let y = area.y(point.y) else {
          drawing.undrawn.append(chart.name(of: point, in: one))
          continue
        }
        // Points of one series alone have a colour each.
        let fill =
          series.count > 1 ? chart.colour(one, at: index) : ChartColours.colour(offset)
        drawing.shapes.append(ErrorMark.bar(point, atX: x, in: area, of: chart))
        drawing.shapes.append(PointMark.shape(point, x: x, y: y, fill: fill))
        drawing.hovers.append(
          HoverPoint(point, in: one, of: chart, box: .around(x, y, 9)))
        let suffix = point.y.isInfinite ? " (\(point.yValue.text))" : ""
        centres.append((x, y, point.label + suffix))
      }
    }
    // Room above, where infinite values have their names.
    let bounds = Box(
      x: area.box.x + 2, y: area.box.y - 32, width: area.box.width - 4,
      height: area.box.height + 28)
    var layout = LabelLayout(bounds: bounds, points: centres.map { ($0.x, $0.y) }, radius: 6)
    for centre in centres where !centre.label.isEmpty {
      let place = layout.place(
        width: TextWidth.estimate(centre.label), height: LabelLayout.lineHeight,
        besideX: centre.x, y: centre.y)
      drawing.labels.append(SVG.label(centre.label, x: place.x, y: place.y))
    }
    drawing.taken = layout.taken
    return drawing
  }
}
