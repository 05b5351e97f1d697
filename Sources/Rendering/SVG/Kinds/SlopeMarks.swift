import NotebookLanguage

/// A line for each result from one side to the next, named at both ends. Errors stand beside each other
/// at a side, in the colours of their lines; one that all lines share stands there once.
struct SlopeMarks: ChartMarks {
  private let chart: Chart
  private let scale: AxisScale

  init(_ chart: Chart) {
    self.chart = chart
    scale = chart.verticalScale()
  }

  var across: PlotAxis {
    var sides: [String] = []
    for series in chart.series where !sides.contains(series.label) { sides.append(series.label) }
    return .sides(
      sides, before: room(of: sides.first, isLeft: true),
      after: room(of: sides.last, isLeft: false))
  }

  /// What the longest label of a side needs, its mark and leader included.
  private func room(of side: String?, isLeft: Bool) -> Double {
    let labels = chart.series.filter { $0.label == side }.flatMap { ends(of: $0, isLeft: isLeft) }
    return (labels.map { TextWidth.estimate($0.text(in: .infinity)) }.max() ?? 0) + Self.labelGap
      + 8
  }

  /// Labels at both sides, one above the other.
  var leastPlot: (width: Double, height: Double) {
    (280, Double(chart.categories.count) * LabelLayout.lineHeight)
  }

  var down: PlotAxis { .values(scale) }
  var legend: ChartLegend.Content { .none }

  /// From the middle of a mark to its label.
  private static let labelGap = 22.0

  private struct End {
    /// Empty where several lines share the value.
    var name: String
    var point: Chart.Point
    var value: String
    var colour: String

    /// The name is shortened where there is less room, the value never.
    func text(in room: Double) -> String {
      let value =
        TextWidth.estimate(value) > room ? AxisScale.brief(point.yValue.number ?? point.y) : value
      guard !name.isEmpty else { return value }
      if TextWidth.estimate("\(name): \(value)") <= room { return "\(name): \(value)" }
      let left = room - TextWidth.estimate(": " + value)
      return left < 24 ? value : TextWidth.shortened(name, to: left) + ": " + value
    }
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
      let look = SeriesLook(place: index)
      var pieces = LinePieces()
      for (side, one) in series.enumerated() where one.points.indices.contains(index) {
        let point = one.points[index]
        guard let y = area.y(point.y) else {
          drawing.undrawn.append(chart.name(of: point, in: one))
          pieces.end()
          continue
        }
        let x = area.column(side)
        pieces.add((x, y))
        marks.append(PointMark.shape(point, x: x, y: y, look: look))
        let top = chart.errors == .bars ? ErrorMark.range(of: point, in: area)?.high : nil
        drawing.hovers.append(
          HoverPoint(point, in: one, of: chart, box: .around(x, y, 9), top: top))
        drawing.taken.append(.around(x, y, 6))
      }
      drawing.shapes.append(pieces.drawn(look))
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
  private func ends(of side: Chart.Series, isLeft: Bool) -> [End] {
    let texts = ValueTexts(chart)
    let values = side.points.map(texts.text)
    let isShared = isLeft && Set(values).count < values.count
    var ends: [End] = []
    for (line, (point, value)) in zip(side.points, values).enumerated() {
      if !isShared {
        let colour = ChartColours.colour(line)
        ends.append(End(name: point.label, point: point, value: value, colour: colour))
      } else if !ends.contains(where: { $0.value == value }) {
        ends.append(End(name: "", point: point, value: value, colour: ChartColours.ink))
      }
    }
    return ends
  }

  private func label(
    _ side: Chart.Series, at index: Int, in area: PlotArea, _ anchor: SVG.Anchor,
    _ drawing: inout MarksDrawing
  ) {
    let isLeft = anchor == .end
    var ends = ends(of: side, isLeft: isLeft).compactMap { end in
      area.y(end.point.y).map { (end, $0) }
    }
    // Above the axis and the names of the sides; what a given height has no room for is counted.
    let (top, bottom) = (area.box.y + 4, area.box.bottom - 8)
    let most = max(Int((bottom - top) / LabelLayout.lineHeight + 1e-6) + 1, 1)
    drawing.unnamed += max(ends.count - most, 0)
    ends = Array(ends.prefix(most))
    let places = LabelLayout.spread(
      ends.map(\.1), apart: LabelLayout.lineHeight, from: top, to: bottom)
    let column = area.column(index)
    // At the right some of the page's margin is free, or of the gap between small multiples.
    let margin = chart.facets == [""] ? 16.0 : 4
    let room =
      (isLeft ? column - area.box.x - 2 : area.box.right + margin - column) - Self.labelGap
    for ((end, markY), y) in zip(ends, places) {
      let sign = isLeft ? -1.0 : 1
      let x = column + sign * Self.labelGap
      // A short line leads from a mark to a label that had to give way.
      drawing.shapes.append(
        SVG.line(
          column + sign * 8, markY, x - sign * 3, y, stroke: end.colour,
          "stroke-opacity=\"0.6\""))
      let text = end.text(in: room)
      drawing.labels.append(SVG.label(text, x: x, y: y + 4, anchor))
      let width = TextWidth.estimate(text)
      drawing.taken.append(
        Box(x: isLeft ? x - width : x, y: y - 8, width: width, height: LabelLayout.lineHeight))
    }
  }
}
