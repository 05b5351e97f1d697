import NotebookLanguage

/// Counts of samples, a bar for each bin, from its lower end to its upper one; those of several series
/// share the bin's width, so that no colour lies over another.
struct HistogramMarks: ChartMarks {
  private let chart: Chart
  private let xScale: AxisScale
  private let yScale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    let points = chart.series.flatMap(\.points)
    yScale = AxisScale(
      values: points.map(\.y) + chart.annotations.compactMap(\.y),
      isLogarithmic: chart.y.isLogarithmic, includesZero: true)
    xScale = AxisScale(
      values: points.compactMap(\.bin).flatMap { [$0.lowerBound, $0.upperBound] }
        + chart.annotations.compactMap(\.x),
      isLogarithmic: chart.x.isLogarithmic, includesZero: false)
  }

  var across: PlotAxis { .values(xScale) }
  var down: PlotAxis { .values(yScale) }
  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    for (index, one) in series.enumerated() {
      // An empty bin has nothing to see, unless it has no place at all.
      for point in one.points where point.y != 0 {
        guard let bin = point.bin, let left = area.x(bin.lowerBound),
          let right = area.x(bin.upperBound)
        else {
          drawing.undrawn.append(chart.name(of: point, in: one))
          continue
        }
        let gap = right - left > 4 ? 1.0 : 0
        let width = (right - left - gap) / Double(series.count)
        Bar(
          centre: left + gap / 2 + width * (Double(index) + 0.5), width: max(width, 0.5),
          look: chart.look(of: one, at: index), isLogarithmic: yScale.isLogarithmic
        ).draw(point, in: one, of: chart, area, &drawing)
      }
    }
    return drawing
  }
}
