import NotebookLanguage

/// Points with their names beside them.
struct ScatterMarks: ChartMarks {
  private let chart: Chart
  let across: PlotAxis
  let down: PlotAxis

  init(_ chart: Chart) {
    self.chart = chart
    across = .values(chart.horizontalScale)
    down = .values(
      AxisScale(
        values: chart.verticalExtent, isLogarithmic: chart.y.isLogarithmic, includesZero: false))
  }

  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    var centres: [(x: Double, y: Double, label: String)] = []
    for (index, one) in series.enumerated() {
      for (offset, point) in one.points.enumerated() {
        // Points of one series alone have a colour each.
        let fill =
          series.count > 1 ? chart.colour(one, at: index) : ChartColours.colour(offset)
        guard let mark = drawing.place(point, in: one, of: chart, area, fill: fill) else {
          continue
        }
        drawing.shapes += mark.shapes
        let suffix = point.y.isInfinite ? " (\(point.yValue.text))" : ""
        centres.append((mark.x, mark.y, point.label + suffix))
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
