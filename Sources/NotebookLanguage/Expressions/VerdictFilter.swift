/// `verdict("faster", "slower", "not distinguishable")`: what an interval says about a ratio and 1.
///
/// The interval is the one that a result states (`low` and `high` of its `ratio`, 95 %), or for any
/// other figure 1.96 standard errors to each side. Only an interval that lies wholly on one side of 1
/// is a difference.
enum VerdictFilter {
  static let defaultWords = ["lower", "higher", "not distinguishable"]

  /// - Returns: nil where the value has neither an interval nor an error.
  static func apply(to value: Value, words: [String]) -> DisplayedValue? {
    guard let ratio = Interval.of(value) else { return nil }
    let word = ratio.high < 1 ? words[0] : ratio.low > 1 ? words[1] : words[2]
    if ratio.low.isNaN || ratio.high.isNaN {
      return DisplayedValue(
        text: words[2], origin: .derived,
        note: ratio.cause.map { "no interval: \($0)" }
          ?? "too few samples for an interval, or not a number")
    }
    let bounds = [ratio.low, ratio.high].map { NumberFormatting.significant($0, 3) }
    return DisplayedValue(
      text: word, origin: .derived,
      note: "95 % interval of the ratio \(bounds[0]) to \(bounds[1])"
        + (ratio.test.map { ", \($0)" } ?? ""))
  }

  private struct Interval {
    let low: Double
    let high: Double
    let test: String?
    /// Why there are no bounds.
    var cause: String?

    static func of(_ value: Value) -> Self? {
      if case .record(let record) = value {
        if let ratio = record["ratio"] { return of(ratio) }
        if let value = record.principalValue?.asNumber?.value, value.isInfinite {
          return Self(low: value, high: value, test: nil)
        }
        if let low = record["low"]?.asNumber?.value, let high = record["high"]?.asNumber?.value {
          var test: String?
          if case .text(let text)? = record["test"] { test = text }
          return Self(low: low, high: high, test: test, cause: record["low"]?.asNumber?.cause)
        }
      }
      guard let number = value.asNumber else { return nil }
      if number.value.isInfinite { return Self(low: number.value, high: number.value, test: nil) }
      guard let error = number.error, error.isFinite else { return nil }
      return Self(
        low: number.value - 1.96 * error, high: number.value + 1.96 * error,
        test: "normal distribution")
    }
  }
}
