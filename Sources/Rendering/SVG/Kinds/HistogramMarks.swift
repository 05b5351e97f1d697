import NotebookLanguage

/// Counts of samples, a bar for each bin; several series lie over each other.
struct HistogramMarks: ChartMarks {
  private let chart: Chart
  private let xScale: AxisScale
  private let yScale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    let points = chart.series.flatMap(\.points)
    yScale = AxisScale(
      values: points.map(\.y) + chart.annotations.compactMap(\.y),
      isLogarithmic: chart.y.isLogarithmic, includesZero: !chart.y.isLogarithmic)
    xScale = chart.horizontalScale
  }

  var across: PlotAxis { .values(xScale) }
  var down: PlotAxis { .values(yScale) }
  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    for (index, one) in series.enumerated() {
      let places = one.points.compactMap { area.x($0.x) }
      let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 40
      // An empty bin has nothing to see, unless it has no place at all.
      for point in one.points where point.y != 0 {
        guard let centre = area.x(point.x) else {
          drawing.undrawn.append(chart.name(of: point, in: one))
          continue
        }
        Bar(
          centre: centre, width: max(gap - 1, 1), fill: chart.colour(one, at: index),
          isLogarithmic: yScale.isLogarithmic,
          opacity: series.count > 1 ? "fill-opacity=\"0.6\"" : ""
        ).draw(point, in: one, of: chart, area, &drawing)
      }
    }
    return drawing
  }
}
