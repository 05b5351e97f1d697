import NotebookLanguage

/// How a chart divides its page: titles and legend above, the plot or its small multiples below them,
/// with their axes.
struct ChartLayout {
  struct Panel {
    /// Empty where the chart is one plot.
    var facet: String
    var area: PlotArea
    /// Where the horizontal axis has names.
    var categories: CategoryLabels?
    /// Whether the vertical axis has its values or names here: only at the left.
    var isLabelled: Bool
  }

  let page: Box
  let panels: [Panel]
  /// Where the vertical axis's title starts.
  let titleIndent = 16.0
  /// Of the plots together.
  let left: Double
  let right: Double
  /// One of each name, for the legend.
  let series: [Chart.Series]
  let legend: ChartLegend
  /// Left upper corner of a heatmap's scale.
  let heatLegend: (x: Double, y: Double)

  private static let gap = 24.0
  /// Below a plot: its ticks, or one line of names.
  private static let axisHeight = 26.0
  /// Below all: the horizontal axis's title, and what is not drawn.
  private static let footHeight = 40.0
  private static let facetTitleHeight = 28.0

  init(_ chart: Chart, _ marks: any ChartMarks) {
    let width = chart.width.map { $0 * 96 } ?? 720
    var known: Set<String> = []
    series = chart.series.filter { known.insert($0.label).inserted }
    left = Self.leftMargin(marks.down, title: chart.facets == [""] ? chart.seriesTitle : "")
    right = width - 24
    let facets = chart.facets
    let isFaceted = facets != [""]

    // Above the plots.
    var isLine = false
    var labels: [String] = []
    if case .series(let line) = marks.legend {
      isLine = line
      labels = series.map(\.label)
    }
    let titleEnd = titleIndent + TextWidth.estimate(chart.y.title)
    legend = ChartLegend(
      labels: labels, left: left, right: right, titleEnd: titleEnd, sampleWidth: isLine ? 26 : 11)
    var top = 40 + legend.extraHeight
    heatLegend = (right - HeatLegend.width, titleEnd + 20 < right - HeatLegend.width ? 6 : 26)
    if case .scale = marks.legend { top = heatLegend.y + HeatLegend.height + 12 }
    // The title of a heatmap's rows stands above their names.
    if !marks.down.names.isEmpty, !chart.seriesTitle.isEmpty, !isFaceted { top += 14 }

    // Rows and columns of plots.
    let (left, right) = (self.left, self.right)
    let wanted = facets.count <= 3 ? facets.count : facets.count == 4 ? 2 : 3
    let most = max(Int((right - left + Self.gap) / (marks.leastPlot.width + Self.gap)), 1)
    let columns = min(wanted, most)
    let rows = (facets.count + columns - 1) / columns
    let plotWidth = max(
      (right - left - Self.gap * Double(columns - 1)) / Double(columns), 10)
    let titleHeight = isFaceted ? Self.facetTitleHeight : 0

    let names = marks.across.names
    let hasNames = if case .values = marks.across { false } else { true }
    let (first, slot) = marks.across.columns(in: plotWidth)
    let givenHeight = chart.height.map { $0 * 96 }
    let mostNames = ((givenHeight ?? 440) - top - 66) / 2 / Double(givenHeight == nil ? 1 : rows)
    func categories(at left: Double) -> CategoryLabels? {
      hasNames
        ? CategoryLabels(
          names, left: left + first - slot / 2, slot: slot, mostHeight: max(mostNames, 0)) : nil
    }
    let axis = Self.axisHeight + (categories(at: left)?.extraHeight ?? 0)
    let plotHeight: Double
    if let givenHeight {
      let free = givenHeight - top - Self.footHeight
      plotHeight = max(free / Double(rows) - titleHeight - axis, 10)
    } else if !marks.down.names.isEmpty {
      plotHeight = min(max(Double(marks.down.names.count) * 36, 72), 480)
    } else if isFaceted {
      plotHeight = max(rows == 1 ? 240 : 190, marks.leastPlot.height)
    } else {
      plotHeight = max(440 - top - Self.footHeight - axis, marks.leastPlot.height, 10)
    }
    let rowHeight = titleHeight + plotHeight + axis
    page = Box(
      x: 0, y: 0, width: width,
      height: givenHeight ?? top + rowHeight * Double(rows) + Self.footHeight)
    panels = facets.enumerated().map { index, facet in
      let (row, column) = (index / columns, index % columns)
      let box = Box(
        x: left + (plotWidth + Self.gap) * Double(column),
        y: top + rowHeight * Double(row) + titleHeight, width: plotWidth, height: plotHeight)
      return Panel(
        facet: facet, area: PlotArea(box: box, across: marks.across, down: marks.down),
        categories: categories(at: box.x), isLabelled: column == 0)
    }
  }

  /// Room for the values or names left of the plot.
  private static func leftMargin(_ axis: PlotAxis, title: String) -> Double {
    switch axis {
    case .values(let scale):
      max((scale.ticks.map { TextWidth.estimate($0.label) }.max() ?? 0) + 24, 78)
    case .names(let names), .sides(let names, _, _):
      min(((names + [title]).map(TextWidth.estimate).max() ?? 0) + 26, 230)
    }
  }
}

extension Chart.Axis {
  /// As it stands in the chart.
  var title: String { label + (isLogarithmic ? ", logarithmic" : "") }
}
