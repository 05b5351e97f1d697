import NotebookLanguage

/// What a kind of chart adds to what all share: its axes, its legend, and the marks in the plot.
///
/// A new kind is a case of `Chart.Kind`, a file in `Kinds/` and a line below.
protocol ChartMarks {
  /// - Parameter chart: all of it, so that small multiples share their scales.
  init(_ chart: Chart)
  var across: PlotAxis { get }
  var down: PlotAxis { get }
  var legend: ChartLegend.Content { get }
  /// What a plot needs: less width than this has no small multiple if fewer stand beside each other, and
  /// less height no plot where the notebook does not say how high the chart is.
  var leastPlot: (width: Double, height: Double) { get }
  /// The marks of the series of one plot.
  func drawing(of series: [Chart.Series], in area: PlotArea) -> MarksDrawing
}

extension ChartMarks {
  var leastPlot: (width: Double, height: Double) { (150, 0) }
}

extension Chart.Kind {
  var marks: any ChartMarks.Type {
    switch self {
    case .bar: BarMarks.self
    case .line: LineMarks.self
    case .scatter: ScatterMarks.self
    case .histogram: HistogramMarks.self
    case .heatmap: HeatmapMarks.self
    case .slope: SlopeMarks.self
    }
  }
}

/// The marks of one plot, in the order in which they are painted.
struct MarksDrawing {
  var shapes: [String] = []
  /// Texts, over all shapes.
  var labels: [String] = []
  var hovers: [HoverPoint] = []
  /// What other labels must not cover.
  var taken: [Box] = []
  /// Names of points that have no place in the plot.
  var undrawn: [String] = []
  /// How many marks go without their names, for which there is no room.
  var unnamed = 0

  /// Adds what a point of a plot with two scales says when it is pointed at.
  ///
  /// - Returns: where it stands, and its mark with its error; nil for one without a place, which is added to
  ///   the undrawn.
  mutating func place(
    _ point: Chart.Point, in series: Chart.Series, of chart: Chart, _ area: PlotArea,
    look: SeriesLook
  ) -> (x: Double, y: Double, shapes: [String])? {
    guard let x = area.x(point.x), let y = area.y(point.y) else {
      undrawn.append(chart.name(of: point, in: series))
      return nil
    }
    let error = chart.errors == .bars ? ErrorMark.range(of: point, in: area) : nil
    hovers.append(
      HoverPoint(point, in: series, of: chart, box: .around(x, y, 9), top: error?.high))
    taken.append(.around(x, y, 6))
    if let (low, high) = error {
      taken.append(Box(x: x - 5, y: high, width: 10, height: low - high))
    }
    let shapes = [
      ErrorMark.bar(point, atX: x, in: area, of: chart),
      PointMark.shape(point, x: x, y: y, look: look),
    ]
    return (x, y, shapes)
  }
}

extension Chart {
  /// All values of y, with the ends of what is drawn of their errors, and those of annotations.
  private var verticalExtent: [Double] {
    let values = series.flatMap(\.points).flatMap { point -> [Double] in
      guard errors != .none, let error = point.error else { return [point.y] }
      return [point.y, point.y + error, point.y - error]
    }
    return values + annotations.compactMap(\.y)
  }

  func verticalScale(includesZero: Bool = false) -> AxisScale {
    AxisScale(
      values: verticalExtent, isLogarithmic: y.isLogarithmic, includesZero: includesZero)
  }

  var horizontalScale: AxisScale {
    AxisScale(
      values: series.flatMap(\.points).map(\.x) + annotations.compactMap(\.x),
      isLogarithmic: x.isLogarithmic, includesZero: false)
  }

  /// What a point is called beside others: its own name, and its series' where there are several.
  func name(of point: Point, in series: Series) -> String {
    if point.label.isEmpty { return series.label }
    let isAlone = self.series.allSatisfy { $0.label == series.label }
    return isAlone || series.label.isEmpty ? point.label : "\(point.label), \(series.label)"
  }
}
