/// What the colours of a heatmap mean: the scale from its lowest to its highest value.
struct HeatLegend {
  let scale: AxisScale
  /// Left and upper edge of the scale.
  let x: Double
  let y: Double

  static let width = 180.0
  /// The scale with the values below it.
  static let height = 28.0

  func drawn() -> String {
    let steps = 18
    let step = Self.width / Double(steps)
    let shades = (0..<steps).map { index in
      // Each overlaps the next a little, so that no seam is seen.
      SVG.rectangle(
        Box(x: x + step * Double(index), y: y, width: step + 0.5, height: 10),
        fill: ChartColours.heat((Double(index) + 0.5) / Double(steps)))
    }
    var labels: [String] = []
    var end = -Double.infinity
    for tick in scale.ticks {
      guard let share = scale.position(of: tick.value) else { continue }
      let (middle, width) = (x + Self.width * share, TextWidth.estimate(tick.label))
      guard middle - width / 2 > end + 8 else { continue }
      labels.append(SVG.text(tick.label, x: middle, y: y + 24, .middle))
      end = middle + width / 2
    }
    return SVG.group("", shades) + SVG.group("fill=\"\(ChartColours.soft)\"", labels)
  }
}
