import NotebookLanguage

/// The standard error of a value as a bar with ends.
enum ErrorMark {
  /// Empty where there is nothing to draw.
  static func bar(
    _ point: Chart.Point, atX x: Double, in area: PlotArea, of chart: Chart,
    colour: String = ChartColours.ink
  ) -> String {
    guard chart.errors == .bars, let (low, high) = range(of: point, in: area) else { return "" }
    let (left, low2, high2) = (SVG.number(x - 4), SVG.number(low), SVG.number(high))
    let path = "M\(SVG.number(x)) \(low2)V\(high2)M\(left) \(high2)h8M\(left) \(low2)h8"
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(colour)\"/>"
  }

  /// The ends of one error to each side; nil where there is no error, or the value has no place.
  static func range(of point: Chart.Point, in area: PlotArea) -> (low: Double, high: Double)? {
    guard let error = point.error, error > 0, error.isFinite, point.y.isFinite,
      let high = area.y(point.y + error)
    else { return nil }
    return (area.y(point.y - error) ?? area.box.bottom, high)
  }
}

/// The mark of a point: that of its series, and an arrow where the value is infinite.
enum PointMark {
  static func shape(_ point: Chart.Point, x: Double, y: Double, look: SeriesLook) -> String {
    guard point.y.isInfinite else { return look.mark(x: x, y: y) }
    let (tip, sign) = point.y > 0 ? (y - 6, "") : (y + 6, "-")
    return
      "<path d=\"M\(SVG.number(x)) \(SVG.number(tip))l7 \(sign)12h-14z\" fill=\"\(look.colour)\"/>"
  }
}
