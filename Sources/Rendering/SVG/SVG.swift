/// Writes elements of SVG: short numbers, escaped texts.
enum SVG {
  enum Anchor: String { case start, middle, end }

  /// At most two decimals; what is far off the page stands at its far end.
  static func number(_ value: Double) -> String {
    guard value.isFinite else { return "0" }
    let rounded = (max(min(value, 1e6), -1e6) * 100).rounded() / 100
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// - Parameter attributes: written as they are.
  static func text(
    _ text: String, x: Double, y: Double, _ anchor: Anchor = .start, _ attributes: String = ""
  ) -> String {
    let place = "x=\"\(number(x))\" y=\"\(number(y))\""
    let anchor = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    return "<text \(place)\(anchor)\(attributes.spaced)>\(Escaping.text(text))</text>"
  }

  /// A text over marks, with an edge of the paper's colour that keeps it readable.
  static func label(
    _ text: String, x: Double, y: Double, _ anchor: Anchor = .start, _ attributes: String = ""
  ) -> String {
    let edge =
      "paint-order=\"stroke\" stroke=\"\(ChartColours.paper)\" stroke-width=\"3\""
      + attributes.spaced
    return self.text(text, x: x, y: y, anchor, edge)
  }

  static func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, stroke: String,
    _ attributes: String = ""
  ) -> String {
    "<path d=\"M\(number(x1)) \(number(y1))L\(number(x2)) \(number(y2))\" stroke=\"\(stroke)\""
      + "\(attributes.spaced)/>"
  }

  static func rectangle(_ box: Box, fill: String, _ attributes: String = "") -> String {
    "<rect \(place(of: box)) fill=\"\(fill)\"\(attributes.spaced)/>"
  }

  static func place(of box: Box) -> String {
    "x=\"\(number(box.x))\" y=\"\(number(box.y))\" width=\"\(number(max(box.width, 0)))\" "
      + "height=\"\(number(max(box.height, 0)))\""
  }

  /// `M0 0L1 1…`; empty without points.
  static func path(_ points: [(x: Double, y: Double)]) -> String {
    points.enumerated().map { index, point in
      "\(index == 0 ? "M" : "L")\(number(point.x)) \(number(point.y))"
    }.joined()
  }

  /// A group; empty around nothing.
  static func group(_ attributes: String, _ parts: [String]) -> String {
    let parts = parts.filter { !$0.isEmpty }
    guard !parts.isEmpty else { return "" }
    return "<g\(attributes.spaced)>\n\(parts.joined(separator: "\n"))\n</g>"
  }
}

extension String {
  fileprivate var spaced: String { isEmpty ? "" : " " + self }
}
