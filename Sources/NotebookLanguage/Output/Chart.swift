/// A chart of results, independent of any output format.
public struct Chart: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case bar, line, scatter, histogram
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
    /// What the point is called: its direct label in a scatter, its category in a bar chart. Empty
    /// for one of the points of a line, which is called as its series.
    public var label: String
    /// Position on x; in a bar chart the category's index.
    public var x: Double
    /// Position on y. Infinite and undefined values are kept: a chart shows them at its edge, marked.
    public var y: Double
    /// Standard error of y; nil where there is none.
    public var error: Double?
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

  public struct Series: Hashable, Sendable {
    public var label: String
    public var points: [Point]
    public var origin: DisplayedValue.Origin
    /// Which of the palette's colours; the series' place in the chart if nil.
    public var colour: Int?
    /// Which pattern a line has; 0 is solid.
    public var dash: Int

    public init(
      label: String, points: [Point], origin: DisplayedValue.Origin = .measured,
      colour: Int? = nil, dash: Int = 0
    ) {
      self.label = label
      self.points = points
      self.origin = origin
      self.colour = colour
      self.dash = dash
    }
  }

  public var kind: Kind
  public var x: Axis
  public var y: Axis
  public var series: [Series]
  /// Whether `Point.error` is drawn.
  public var showsErrors: Bool
  /// Sides in inches of 96 units; the renderer's own where nil.
  public var width: Double?
  public var height: Double?

  public init(kind: Kind, x: Axis, y: Axis, series: [Series], showsErrors: Bool = true) {
    self.kind = kind
    self.x = x
    self.y = y
    self.series = series
    self.showsErrors = showsErrors
  }
}
