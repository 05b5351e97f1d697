import NotebookLanguage

/// Lines with a mark at each point, and errors as bars or as a band.
struct LineMarks: ChartMarks {
  private let chart: Chart
  let across: PlotAxis
  let down: PlotAxis

  init(_ chart: Chart) {
    self.chart = chart
    across = .values(chart.horizontalScale)
    down = .values(chart.verticalScale())
  }

  var legend: ChartLegend.Content { .series(isLine: true) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    if chart.errors == .band {
      // Below all lines.
      drawing.shapes = series.enumerated().map { index, one in
        band(of: one, fill: chart.look(of: one, at: index).colour, in: area)
      }
    }
    var endless: [(x: Double, y: Double)] = []
    for (index, one) in series.enumerated() {
      let look = chart.look(of: one, at: index)
      var pieces = LinePieces()
      var marks: [String] = []
      for point in one.points {
        let mark = drawing.place(point, in: one, of: chart, area, look: look)
        marks += mark?.shapes ?? []
        if let mark, point.y.isFinite { pieces.add((mark.x, mark.y)) } else { pieces.end() }
        if let mark, point.y.isInfinite, !endless.contains(where: { $0 == (mark.x, mark.y) }) {
          endless.append((mark.x, mark.y))
        }
      }
      drawing.shapes.append(pieces.drawn(look))
      drawing.shapes += marks
      for piece in pieces.all {
        drawing.taken += zip(piece, piece.dropFirst()).flatMap(Self.along)
      }
    }
    label(endless, in: area, &drawing)
    return drawing
  }

  /// Says of the arrows at the plot's edges what they mean.
  private func label(
    _ arrows: [(x: Double, y: Double)], in area: PlotArea, _ drawing: inout MarksDrawing
  ) {
    var layout = LabelLayout(
      bounds: Box(
        x: area.box.x, y: area.box.y - 6, width: area.box.width + 20, height: area.box.height + 6),
      taken: drawing.taken)
    for (x, y) in arrows {
      let text = y <= area.box.y ? "∞" : "−∞"
      let place = layout.place(
        width: TextWidth.estimate(text), height: LabelLayout.lineHeight, besideX: x, y: y + 4)
      drawing.labels.append(SVG.label(text, x: place.x, y: place.y))
    }
    drawing.taken = layout.taken
  }

  private func band(of series: Chart.Series, fill: String, in area: PlotArea) -> String {
    var (above, below) = (LinePieces(), LinePieces())
    for point in series.points {
      guard let x = area.x(point.x), let y = area.y(point.y), point.y.isFinite else {
        above.end()
        below.end()
        continue
      }
      let range = ErrorMark.range(of: point, in: area)
      above.add((x, range?.high ?? y))
      below.add((x, range?.low ?? y))
    }
    let outlines = zip(above.all, below.all).filter { $0.0.count > 1 }
      .map { SVG.path($0 + $1.reversed()) + "Z" }
    guard !outlines.isEmpty else { return "" }
    return "<path d=\"\(outlines.joined())\" fill=\"\(fill)\" fill-opacity=\"0.22\"/>"
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
