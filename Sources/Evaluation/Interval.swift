/// An estimate, and the interval that covers the true value with a stated probability.
public struct Interval: Hashable, Sendable {
  /// The estimate itself.
  public let value: Double
  /// The bounds; NaN where there is too little to tell them from.
  public let low, high: Double
  /// The probability of covering, such as 0.95.
  public let level: Double

  public init(value: Double, low: Double, high: Double, level: Double = 0.95) {
    self.value = value
    self.low = low
    self.high = high
    self.level = level
  }

  /// An estimate without bounds.
  static func unbounded(_ value: Double, level: Double) -> Interval {
    Interval(value: value, low: .nan, high: .nan, level: level)
  }
}
