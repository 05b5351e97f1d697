import NotebookLanguage

/// Where the names of a chart's series stand: right of the vertical axis's title in one row, or in
/// rows below it where they are too wide for that.
struct ChartLegend {
  /// What a kind of chart needs a legend for.
  enum Content {
    /// The names of series, beside a line or a square.
    case series(isLine: Bool)
    /// What the colours of a heatmap mean.
    case scale(AxisScale)
    /// Marks have their names beside them.
    case none
  }

  struct Entry: Hashable {
    /// Place of the series in the chart.
    var series: Int
    /// Left edge of the sample of its colour.
    var x: Double
    /// Base line of its name.
    var y: Double
  }

  let entries: [Entry]
  /// What the legend needs above the plot beyond the row of the axis's title.
  let extraHeight: Double
  /// Width of the sample of a line or colour before each name.
  let sampleWidth: Double

  private static let rowHeight = 19.0
  /// Base line of the row of the axis's title.
  private static let firstRow = 17.0
  /// Between one name and the next sample.
  private static let gap = 14.0

  /// - Parameters:
  ///   - labels: of all series; nothing is shown for fewer than two names.
  ///   - left: the plot's left edge, where rows of their own start.
  ///   - right: where the row beside the title ends.
  ///   - titleEnd: where the title ends in the first row.
  ///   - sampleWidth: of the sample of a line or colour before each name.
  init(labels: [String], left: Double, right: Double, titleEnd: Double, sampleWidth: Double) {
    self.sampleWidth = sampleWidth
    let named = labels.indices.filter { !labels[$0].isEmpty }
    guard named.count > 1 else {
      (entries, extraHeight) = ([], 0)
      return
    }
    let widths = named.map { sampleWidth + 5 + TextWidth.estimate(labels[$0]) + Self.gap }
    let whole = widths.reduce(-Self.gap, +)
    if titleEnd + Self.gap + whole <= right {
      entries = Self.row(named[...], widths[...], from: right - whole, y: Self.firstRow)
      extraHeight = 0
      return
    }
    // Rows of like length, so that the last is not short beside the others.
    let most = max(Int((right - left + Self.gap) / (widths.max() ?? 1)), 1)
    let rows = (named.count + most - 1) / most
    let columns = (named.count + rows - 1) / rows
    entries = (0..<rows).flatMap { row -> [Entry] in
      let places = row * columns..<min((row + 1) * columns, named.count)
      return Self.row(
        named[places], widths[places], from: left,
        y: Self.firstRow + Double(row + 1) * Self.rowHeight)
    }
    extraHeight = Double(rows) * Self.rowHeight
  }

  /// - Parameter series: those whose labels were given.
  func drawn(_ series: [Chart.Series], of chart: Chart, isLine: Bool) -> String {
    SVG.group(
      "",
      entries.map { entry in
        let one = series[entry.series]
        let look = chart.look(of: one, at: entry.series)
        let sample = isLine ? line(look, entry) : square(look, entry, of: chart)
        return sample + SVG.text(one.label, x: entry.x + sampleWidth + 5, y: entry.y)
      })
  }

  private func line(_ look: SeriesLook, _ entry: Entry) -> String {
    let y = entry.y - 4
    let line = SVG.line(
      entry.x, y, entry.x + sampleWidth, y, stroke: look.colour,
      [look.lineStyle, "stroke-width=\"2\""].filter { !$0.isEmpty }.joined(separator: " "))
    return look.round == 0 ? line : line + look.mark(x: entry.x + sampleWidth / 2, y: y)
  }

  private func square(_ look: SeriesLook, _ entry: Entry, of chart: Chart) -> String {
    if look.round > 0, chart.kind == .scatter {
      return look.mark(x: entry.x + 5.5, y: entry.y - 4.5)
    }
    return SVG.rectangle(
      Box(x: entry.x, y: entry.y - 10, width: 11, height: 11), fill: look.colour, look.areaStyle)
  }

  private static func row(
    _ named: ArraySlice<Int>, _ widths: ArraySlice<Double>, from left: Double, y: Double
  ) -> [Entry] {
    var x = left
    return zip(named, widths).map { series, width in
      defer { x += width }
      return Entry(series: series, x: x, y: y)
    }
  }
}
