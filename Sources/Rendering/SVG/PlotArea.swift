/// What stands along a side of a plot: values on a scale, or names one after another.
enum PlotAxis {
  case values(AxisScale)
  case names([String])

  var names: [String] { if case .names(let names) = self { names } else { [] } }
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
  var columnWidth: Double { box.width / Double(max(across.names.count, 1)) }
  /// Height of what each name down the side has.
  var rowHeight: Double { box.height / Double(max(down.names.count, 1)) }

  /// Middle of the column of a name.
  func column(_ index: Int) -> Double { box.x + columnWidth * (Double(index) + 0.5) }
  /// Middle of the row of a name.
  func row(_ index: Int) -> Double { box.y + rowHeight * (Double(index) + 0.5) }
}
