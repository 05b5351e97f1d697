import NotebookLanguage

/// A line for each result from one side to the next, named at both ends. Errors stand beside each other
/// at a side, in the colours of their lines; one that all lines share stands there once.
struct SlopeMarks: ChartMarks {
  private let chart: Chart
  private let scale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    scale = AxisScale(
      values: chart.verticalExtent, isLogarithmic: chart.y.isLogarithmic, includesZero: false)
  }

  var across: PlotAxis {
    var sides: [String] = []
    for series in chart.series where !sides.contains(series.label) { sides.append(series.label) }
    return .names(sides)
  }
  var down: PlotAxis { .values(scale) }
  var legend: ChartLegend.Content { .none }

  private struct End {
    var label: String
    var y: Double
    var colour: String
  }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    drawing.shapes = series.indices.map { side in
      SVG.line(
        area.column(side), area.box.y, area.column(side), area.box.bottom,
        stroke: ChartColours.grid)
    }
    drawing.shapes += series.enumerated().flatMap { errors(of: $1, at: $0, in: area) }
    var marks: [String] = []
    for index in chart.categories.indices {
      let colour = ChartColours.colour(index)
      var places: [(x: Double, y: Double)] = []
      for (side, one) in series.enumerated() where one.points.indices.contains(index) {
        let point = one.points[index]
        guard let y = area.y(point.y) else {
          drawing.undrawn.append(chart.name(of: point, in: one))
          continue
        }
        let x = area.column(side)
        places.append((x, y))
        marks.append(PointMark.shape(point, x: x, y: y, fill: colour))
        drawing.hovers.append(HoverPoint(point, in: one, of: chart, box: .around(x, y, 9)))
        drawing.taken.append(.around(x, y, 6))
      }
      drawing.shapes.append(
        "<path d=\"\(SVG.path(places))\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"/>")
    }
    drawing.shapes += marks
    if let first = series.first { label(first, at: 0, in: area, .end, &drawing) }
    if series.count > 1, let last = series.last {
      label(last, at: series.count - 1, in: area, .start, &drawing)
    }
    return drawing
  }

  /// The error bars of one side.
  private func errors(of side: Chart.Series, at index: Int, in area: PlotArea) -> [String] {
    let middle = area.column(index)
    guard let first = side.points.first else { return [] }
    if side.points.allSatisfy({ $0.y == first.y && $0.error == first.error }) {
      return [ErrorMark.bar(first, atX: middle, in: area, of: chart)]
    }
    let apart = min(5, Self.errorRoom / Double(side.points.count))
    return side.points.enumerated().map { line, point in
      let offset = (Double(line) - Double(side.points.count - 1) / 2) * apart
      return ErrorMark.bar(
        point, atX: middle + offset, in: area, of: chart, colour: ChartColours.colour(line))
    }
  }

  /// Between the labels of the two sides of a mark, less the ends of the outermost bars.
  private static let errorRoom = 26.0

  /// The values of one side, each with the name of its line; where several lines start from one value,
  /// it stands there once, without a name.
  private func label(
    _ side: Chart.Series, at index: Int, in area: PlotArea, _ anchor: SVG.Anchor,
    _ drawing: inout MarksDrawing
  ) {
    var ends: [End] = []
    let texts = side.points.map(\.yValue.text)
    let isShared = anchor == .end && Set(texts).count < texts.count
    for (line, point) in side.points.enumerated() {
      guard let y = area.y(point.y) else { continue }
      let value = point.yValue.text
      if isShared {
        if !ends.contains(where: { $0.label == value }) {
          ends.append(End(label: value, y: y, colour: ChartColours.ink))
        }
      } else {
        let label = anchor == .end ? "\(point.label) \(value)" : "\(value) \(point.label)"
        ends.append(End(label: label, y: y, colour: ChartColours.colour(line)))
      }
    }
    let places = LabelLayout.spread(
      ends.map(\.y), apart: LabelLayout.lineHeight, from: area.box.y + 4,
      to: area.box.bottom - 8)
    // Half a column is left beside the outermost marks, and some of the margin at the right.
    let room = area.columnWidth / 2 - (anchor == .end ? 24 : 4)
    for (end, y) in zip(ends, places) {
      let sign = anchor == .end ? -1.0 : 1
      let x = area.column(index) + sign * 22
      // A short line leads from a mark to a label that had to give way.
      drawing.shapes.append(
        SVG.line(
          area.column(index) + sign * 8, end.y, x - sign * 3, y, stroke: end.colour,
          "stroke-opacity=\"0.6\""))
      let text = TextWidth.shortened(end.label, to: room)
      drawing.labels.append(SVG.label(text, x: x, y: y + 4, anchor))
      let width = TextWidth.estimate(text)
      drawing.taken.append(
        Box(
          x: anchor == .end ? x - width : x, y: y - 8, width: width,
          height: LabelLayout.lineHeight))
    }
  }
}
