import NotebookLanguage

/// Lines with a mark at each point, and errors as bars or as a band.
struct LineMarks: ChartMarks {
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

  var legend: ChartLegend.Content { .series(isLine: true) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    if chart.errors == .band {
      // Below all lines.
      drawing.shapes = series.enumerated().map { index, one in
        band(of: one, fill: chart.colour(one, at: index), in: area)
      }
    }
    for (index, one) in series.enumerated() {
      let colour = chart.colour(one, at: index)
      var places: [(x: Double, y: Double)] = []
      var marks: [String] = []
      for point in one.points {
        guard let mark = drawing.place(point, in: one, of: chart, area, fill: colour) else {
          continue
        }
        if point.y.isFinite { places.append((mark.x, mark.y)) }
        marks += mark.shapes
        drawing.taken.append(.around(mark.x, mark.y, 6))
      }
      let dash = ChartColours.dash(one.dash)
      drawing.shapes.append(
        "<path d=\"\(SVG.path(places))\" fill=\"none\" stroke=\"\(colour)\""
          + "\(dash.isEmpty ? "" : " " + dash) stroke-width=\"2\"/>")
      drawing.shapes += marks
      drawing.taken += zip(places, places.dropFirst()).flatMap(Self.along)
    }
    return drawing
  }

  private func band(of series: Chart.Series, fill: String, in area: PlotArea) -> String {
    let ends = series.points.compactMap { point -> (x: Double, low: Double, high: Double)? in
      guard let x = area.x(point.x), let y = area.y(point.y), point.y.isFinite else { return nil }
      let range = ErrorMark.range(of: point, in: area)
      return (x, range?.low ?? y, range?.high ?? y)
    }
    guard ends.count > 1 else { return "" }
    let outline =
      ends.map { (x: $0.x, y: $0.high) } + ends.reversed().map { (x: $0.x, y: $0.low) }
    return "<path d=\"\(SVG.path(outline))Z\" fill=\"\(fill)\" fill-opacity=\"0.22\"/>"
  }

  /// Small boxes along a line, which labels keep off.
  private static func along(
    _ start: (x: Double, y: Double), _ end: (x: Double, y: Double)
  ) -> [Box] {
    let (across, down) = (end.x - start.x, end.y - start.y)
    let steps = min(max(Int((across * across + down * down).squareRoot() / 12), 1), 60)
    return (0..<steps).map { step in
      let share = (Double(step) + 0.5) / Double(steps)
      return .around(start.x + across * share, start.y + down * share, 4)
    }
  }
}
