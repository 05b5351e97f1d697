import NotebookLanguage

/// Lines at values of the axes and marks at points, each with its name beside it.
enum ChartAnnotations {
  /// - Parameter taken: what their names must not cover.
  static func drawn(_ annotations: [Chart.Annotation], in area: PlotArea, taken: [Box]) -> [String]
  {
    let box = area.box
    var layout = LabelLayout(
      bounds: Box(x: box.x, y: box.y - 16, width: box.width, height: box.height + 16),
      taken: taken)
    var shapes: [String] = []
    var labels: [String] = []
    for annotation in annotations {
      let text = TextWidth.shortened(annotation.text, to: box.width - 8)
      let width = TextWidth.estimate(text)
      let height = LabelLayout.lineHeight
      let place: LabelLayout.Placed
      switch (annotation.x.map(area.x), annotation.y.map(area.y)) {
      case (nil, .some(let y?)):
        shapes.append(line(box.x, y, box.right, y))
        let lefts = stride(from: 0, through: 1, by: 0.125).map {
          box.right - 4 - width - (box.width - 8 - width) * $0
        }
        place = layout.place(
          width: width, height: height, at: lefts.flatMap { [($0, y - height - 2), ($0, y + 3)] })
      case (.some(let x?), nil):
        shapes.append(line(x, box.y, x, box.bottom))
        let tops = stride(from: 0, through: 1, by: 0.1).map {
          box.y + (box.height - height) * $0
        }
        place = layout.place(
          width: width, height: height, at: tops.flatMap { [(x + 5, $0), (x - 5 - width, $0)] })
      case (.some(let x?), .some(let y?)):
        shapes.append(
          "<path d=\"M\(SVG.number(x - 5)) \(SVG.number(y))h10m-5 -5v10\" fill=\"none\" "
            + "stroke=\"\(ChartColours.ink)\" stroke-width=\"1.5\"/>")
        place = layout.place(width: width, height: height, besideX: x, y: y)
      default: continue
      }
      labels.append(SVG.label(text, x: place.x, y: place.y, .start, "font-style=\"italic\""))
    }
    return shapes + labels
  }

  private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double) -> String {
    SVG.line(
      x1, y1, x2, y2, stroke: ChartColours.ink, "stroke-dasharray=\"6 4\" stroke-opacity=\"0.7\"")
  }
}
