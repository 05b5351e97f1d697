import Evaluation
import NotebookLanguage

/// Times before and after with their ratio, in milliseconds: `before`, `after` and `ratio` of a
/// result.
struct TimingRecord {
  let source: SampleSource
  /// Whether the two models were timed in turn.
  var isInterleaved = true

  static func order(isInterleaved: Bool) -> String {
    isInterleaved ? "before and after in turn" : "all before, then all after"
  }

  static var fields: [Shape.Field] {
    // `cause` is there only where an interval has no bounds: no expression can count on it.
    let side = Shape.fields(
      [
        "median": .leaf(.estimate(.milliseconds)), "low": .milliseconds, "high": .milliseconds,
        "noisy": .bool,
        "samples": .list,
      ], principal: "median")
    let ratio = Shape.fields(
      ["value": .estimate, "low": .number, "high": .number, "test": .text], principal: "value")
    return [.init("before", side), .init("after", side), .init("ratio", ratio)]
  }

  /// Adds the fields to `record`.
  ///
  /// - Parameter subject: what was timed, such as `forward pass of 128 tokens`.
  func add(
    before: Latency.Samples, after: Latency.Samples, ratio: Interval, _ subject: String,
    to record: inout Record
  ) {
    record["before"] = .record(side(before, subject))
    record["after"] = .record(side(after, subject))
    let note = "measured: median after over median before, \(source.short)"
    let cause = Self.cause(of: ratio, passes: before.values.count)
    var part = Record(
      [
        "value": .number(Number(ratio.value, error: Self.error(of: ratio), note: note)),
        "low": .number(Number(ratio.low, cause: cause)),
        "high": .number(Number(ratio.high, cause: cause)),
        "test": .text(
          "bootstrap over \(before.values.count) "
            + (isInterleaved ? "interleaved pairs" : "passes of each, not interleaved")),
      ], principal: "value")
    part["cause"] = cause.map { .text($0) }
    record["ratio"] = .record(part)
  }

  /// Why an interval has no bounds; nil where it has some.
  private static func cause(of interval: Interval, passes: Int) -> String? {
    guard !interval.low.isFinite || !interval.high.isFinite else { return nil }
    let fewest = Bootstrap.fewestSamples()
    return passes < fewest ? "fewer than \(fewest) passes" : "a time is not finite"
  }

  private func side(_ samples: Latency.Samples, _ subject: String) -> Record {
    let interval = samples.interval
    var note =
      "measured: \(subject), median of \(samples.values.count) passes, "
      + "\(Self.order(isInterleaved: isInterleaved)), "
      + source.short
    if samples.isNoisy { note += "; the machine was busy: the interval is wide" }
    let cause = Self.cause(of: interval, passes: samples.values.count)
    func milliseconds(_ value: Double, error: Double? = nil) -> Value {
      .number(
        Number(
          value, unit: .milliseconds, error: error, cause: value.isFinite ? nil : cause,
          note: note))
    }
    var side = Record(
      [
        "median": milliseconds(samples.median, error: Self.error(of: interval)),
        "low": milliseconds(interval.low), "high": milliseconds(interval.high),
        "noisy": .bool(samples.isNoisy),
        "samples": .list(samples.values.map { milliseconds(($0 * 10_000).rounded() / 10_000) }),
      ], principal: "median")
    side["cause"] = cause.map { .text($0) }
    return side
  }

  /// The standard error that a 95 % interval stands for.
  private static func error(of interval: Interval) -> Double? {
    let error = (interval.high - interval.low) / (2 * 1.96)
    return error.isFinite ? error : nil
  }
}
