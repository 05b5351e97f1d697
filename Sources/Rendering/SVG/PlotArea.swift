/// What stands along a side of a plot: values on a scale, or names one after another.
enum PlotAxis {
  case values(AxisScale)
  case names([String])
  /// Names with a line each, and room for labels before the first line and after the last.
  case sides([String], before: Double, after: Double)

  var names: [String] {
    switch self {
    case .values: []
    case .names(let names), .sides(let names, _, _): names
    }
  }

  /// The middle of the first name in a plot of the given width, and how far one is from the next.
  func columns(in width: Double) -> (first: Double, step: Double) {
    let count = Double(max(names.count, 1))
    guard case .sides(_, let before, let after) = self, count > 1 else {
      return (width / count / 2, width / count)
    }
    let free = max(width - Self.leastStep * (count - 1), width * 0.3)
    let left = min(before, max(free / 2, free - after))
    let right = min(after, max(free / 2, free - before))
    return (left, (width - left - right) / (count - 1))
  }

  /// What the lines between two sides need to be seen.
  private static let leastStep = 70.0
}

/// The rectangle in which a chart, or one of its small multiples, draws, and where things stand in it.
struct PlotArea {
  let box: Box
  let across: PlotAxis
  let down: PlotAxis

  /// Place of a value along the horizontal axis; nil where it has none.
  func x(_ value: Double) -> Double? {
    guard case .values(let scale) = across else { return nil }
    // A margin keeps points off the axis.
    return scale.position(of: value).map { box.x + box.width * (0.04 + 0.92 * $0) }
  }

  /// Place of a value along the vertical axis; an infinite one stands at the plot's edge.
  func y(_ value: Double) -> Double? {
    guard case .values(let scale) = down else { return nil }
    if value == .infinity { return box.y }
    if value == -.infinity { return box.bottom }
    return scale.position(of: value).map { box.bottom - box.height * (0.96 * $0) }
  }

  /// Width of what each name across has.
  var columnWidth: Double { across.columns(in: box.width).step }
  /// Height of what each name down the side has.
  var rowHeight: Double { box.height / Double(max(down.names.count, 1)) }

  /// Middle of the column of a name.
  func column(_ index: Int) -> Double {
    let columns = across.columns(in: box.width)
    return box.x + columns.first + columns.step * Double(index)
  }
  /// Middle of the row of a name.
  func row(_ index: Int) -> Double { box.y + rowHeight * (Double(index) + 0.5) }
}
