/// A line with gaps where its values have no place.
struct LinePieces {
  private(set) var all: [[(x: Double, y: Double)]] = []
  private var isOpen = false

  mutating func add(_ point: (x: Double, y: Double)) {
    if isOpen { all[all.count - 1].append(point) } else { all.append([point]) }
    isOpen = true
  }

  /// The next point is not joined to those before.
  mutating func end() { isOpen = false }

  func drawn(_ look: SeriesLook) -> String {
    let style = look.lineStyle
    return "<path d=\"\(all.map(SVG.path).joined())\" fill=\"none\" stroke=\"\(look.colour)\""
      + "\(style.isEmpty ? "" : " " + style) stroke-width=\"2\"/>"
  }
}
