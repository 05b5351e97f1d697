import Evaluation
import NotebookLanguage

/// Times before and after with their ratio, in milliseconds: `before`, `after` and `ratio` of a
/// result.
struct TimingRecord {
  let source: SampleSource

  static var fields: [Shape.Field] {
    let side = Shape.leaves(["median", "low", "high", "noisy", "samples"], principal: "median")
    return [
      .init("before", side), .init("after", side),
      .init("ratio", .leaves(["value", "low", "high", "test"], principal: "value")),
    ]
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
    record["ratio"] = .record(
      Record(
        [
          "value": .number(
            Number(ratio.value, error: Self.error(of: ratio), note: note)),
          "low": .number(ratio.low), "high": .number(ratio.high),
          "test": .text("bootstrap over \(before.values.count) interleaved pairs"),
        ], principal: "value"))
  }

  private func side(_ samples: Latency.Samples, _ subject: String) -> Record {
    let interval = samples.interval
    var note =
      "measured: \(subject), median of \(samples.values.count) passes, before and after in turn, "
      + source.short
    if samples.isNoisy { note += "; the machine was busy: the interval is wide" }
    func milliseconds(_ value: Double, error: Double? = nil) -> Value {
      .number(Number(value, unit: .milliseconds, error: error, note: note))
    }
    return Record(
      [
        "median": milliseconds(samples.median, error: Self.error(of: interval)),
        "low": milliseconds(interval.low), "high": milliseconds(interval.high),
        "noisy": .bool(samples.isNoisy),
        "samples": .list(samples.values.map { milliseconds(($0 * 10_000).rounded() / 10_000) }),
      ], principal: "median")
  }

  /// The standard error that a 95 % interval stands for.
  private static func error(of interval: Interval) -> Double? {
    let error = (interval.high - interval.low) / (2 * 1.96)
    return error.isFinite ? error : nil
  }
}
