/// A chart of results, independent of any output format.
public struct Chart: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case bar, line, scatter, histogram, heatmap, slope

    /// Whether points stand at names and not at values of a horizontal axis.
    public var hasCategories: Bool {
      switch self {
      case .bar, .heatmap, .slope: true
      case .line, .scatter, .histogram: false
      }
    }
  }

  /// How `Point.error` is drawn.
  public enum Errors: String, Hashable, Sendable, CaseIterable {
    case none, bars
    /// A shaded band along a line.
    case band
  }

  /// A line across the chart at a value of one axis, or a mark at a value of each, with its name.
  public struct Annotation: Hashable, Sendable {
    public var x: Double?
    public var y: Double?
    public var text: String

    public init(x: Double? = nil, y: Double? = nil, text: String) {
      self.x = x
      self.y = y
      self.text = text
    }
  }

  public struct Axis: Hashable, Sendable {
    /// What is on it, with its unit, such as `Memory (MiB)`.
    public var label: String
    public var isLogarithmic: Bool

    public init(label: String, isLogarithmic: Bool = false) {
      self.label = label
      self.isLogarithmic = isLogarithmic
    }
  }

  public struct Point: Hashable, Sendable {
    /// What the point is called: its direct label in a scatter, its category in a bar chart, its column
    /// in a heatmap, its line in a slope chart. Empty for one of the points of a line, which is called
    /// as its series.
    public var label: String
    /// Position on x; the category's index where there are categories.
    public var x: Double
    /// Position on y. Infinite and undefined values are kept: a chart shows them at its edge, marked.
    public var y: Double
    /// Standard error of y; nil where there is none.
    public var error: Double?
    /// The values of x that a bar of a histogram counts; nil elsewhere.
    public var bin: ClosedRange<Double>?
    /// The values as printed, for hover texts and the data table.
    public var xValue: DisplayedValue
    public var yValue: DisplayedValue

    public init(
      label: String, x: Double, y: Double, error: Double? = nil, xValue: DisplayedValue,
      yValue: DisplayedValue
    ) {
      self.label = label
      self.x = x
      self.y = y
      self.error = error
      self.xValue = xValue
      self.yValue = yValue
    }
  }

  /// Points of one name: a colour or a line; the row of a heatmap, one side of a slope chart.
  public struct Series: Hashable, Sendable {
    public var label: String
    /// The small multiple that it belongs to; empty where the chart is one.
    public var facet: String
    public var points: [Point]
    public var origin: DisplayedValue.Origin
    /// Which of the palette's colours; the series' place in the chart if nil.
    public var colour: Int?
    /// Which pattern a line has; 0 is solid.
    public var dash: Int

    public init(
      label: String, facet: String = "", points: [Point],
      origin: DisplayedValue.Origin = .measured, colour: Int? = nil, dash: Int = 0
    ) {
      self.label = label
      self.facet = facet
      self.points = points
      self.origin = origin
      self.colour = colour
      self.dash = dash
    }
  }

  public var kind: Kind
  public var x: Axis
  public var y: Axis
  /// What the series are, such as `Scheme`; empty where nothing says it.
  public var seriesTitle: String
  public var series: [Series]
  public var errors: Errors
  public var annotations: [Annotation]
  /// Sides in inches of 96 units; the renderer's own where nil.
  public var width: Double?
  public var height: Double?

  public init(
    kind: Kind, x: Axis, y: Axis, seriesTitle: String = "", series: [Series],
    errors: Errors = .bars, annotations: [Annotation] = []
  ) {
    self.kind = kind
    self.x = x
    self.y = y
    self.seriesTitle = seriesTitle
    self.series = series
    self.errors = errors
    self.annotations = annotations
  }

  /// The names of the small multiples, in order; one empty name where there are none.
  public var facets: [String] {
    var facets: [String] = []
    for series in series where !facets.contains(series.facet) { facets.append(series.facet) }
    return facets.isEmpty ? [""] : facets
  }

  /// The names of categories: of bars, of a heatmap's columns, of a slope chart's lines. All series
  /// have them in the same order.
  public var categories: [String] {
    series.max { $0.points.count < $1.points.count }?.points.map(\.label) ?? []
  }
}
