import NotebookLanguage

/// Points with their names beside them.
struct ScatterMarks: ChartMarks {
  private let chart: Chart
  let across: PlotAxis
  let down: PlotAxis

  init(_ chart: Chart) {
    self.chart = chart
    across = .values(chart.horizontalScale)
    down = .values(chart.verticalScale())
  }

  var legend: ChartLegend.Content { .series(isLine: false) }

  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing {
    var drawing = MarksDrawing()
    var centres: [(x: Double, y: Double, label: String)] = []
    for (index, one) in series.enumerated() {
      for (offset, point) in one.points.enumerated() {
        // Points of one series alone have a colour each.
        let look =
          series.count > 1
          ? chart.look(of: one, at: index) : SeriesLook(place: offset % ChartColours.count)
        guard let mark = drawing.place(point, in: one, of: chart, area, look: look) else {
          continue
        }
        drawing.shapes += mark.shapes
        let suffix = point.y.isInfinite ? " (\(point.yValue.text))" : ""
        guard !point.label.isEmpty || !suffix.isEmpty else { continue }
        let room = area.box.width - 24 - TextWidth.estimate(suffix)
        let label = TextWidth.shortened(point.label, to: room) + suffix
        centres.append((mark.x, mark.y, label))
      }
    }
    label(centres, in: area, &drawing)
    return drawing
  }

  /// Names points, those that there is room to name: a name over another is none.
  private func label(
    _ centres: [(x: Double, y: Double, label: String)], in area: PlotArea,
    _ drawing: inout MarksDrawing
  ) {
    // Room above, where infinite values have their names, and small multiples their titles.
    let above = chart.facets == [""] ? 18.0 : 4
    let bounds = Box(
      x: area.box.x + 2, y: area.box.y - above, width: area.box.width - 4,
      height: area.box.height + above - 4)
    var layout = LabelLayout(bounds: bounds, taken: drawing.taken)
    for centre in centres {
      guard
        let place = layout.freePlace(
          width: TextWidth.estimate(centre.label), height: LabelLayout.lineHeight,
          besideX: centre.x, y: centre.y)
      else {
        drawing.unnamed += 1
        continue
      }
      drawing.labels.append(SVG.label(centre.label, x: place.x, y: place.y))
      let near = (
        x: max(min(centre.x, place.box.right), place.box.x),
        y: max(min(centre.y, place.box.bottom), place.box.y)
      )
      let distance = max(abs(near.x - centre.x), abs(near.y - centre.y))
      // A name further off than the nearest places has a line to its mark.
      if distance > 10 {
        drawing.shapes.insert(
          SVG.line(
            centre.x, centre.y, near.x, near.y, stroke: ChartColours.soft,
            "stroke-opacity=\"0.6\""), at: 0)
      }
    }
    drawing.taken = layout.taken
  }
}
