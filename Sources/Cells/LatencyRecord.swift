import Evaluation
import NotebookLanguage

/// `latency` of a result, in milliseconds.
struct LatencyRecord {
  let metric: Latency
  let source: SampleSource

  static func shape(decodes: Bool) -> Shape {
    var fields =
      [Shape.Field("prompt"), .init("generate"), .init("threads"), .init("warmup")] + timing
    if decodes { fields.append(.init("decode", .record(timing))) }
    return .record(fields)
  }

  private static var timing: [Shape.Field] {
    let side = Shape.leaves(["median", "low", "high", "noisy", "samples"], principal: "median")
    return [
      .init("before", side), .init("after", side),
      .init("ratio", .leaves(["value", "low", "high", "test"], principal: "value")),
    ]
  }

  /// How latency was measured, in a line.
  static func method(_ metric: Latency, _ result: Latency.Result) -> String {
    "forward passes of \(metric.prompt) tokens"
      + (metric.generate > 0 ? " and \(metric.generate) tokens decoded after each" : "")
      + ", before and after in turn, \(metric.repetitions) of each after warm-up, "
      + "\(result.threads) threads; medians with 95 % bootstrap intervals"
  }

  func make(_ result: Latency.Result) -> Record {
    var record = Record([
      "prompt": .count(metric.prompt), "generate": .count(metric.generate),
      "threads": .count(result.threads), "warmup": .count(result.warmup),
    ])
    add(
      before: result.before.prefill, after: result.after.prefill, ratio: result.prefillRatio,
      "forward pass of \(metric.prompt) tokens", to: &record)
    if let ratio = result.decodeRatio {
      var decode = Record()
      add(
        before: result.before.decode, after: result.after.decode, ratio: ratio,
        "one token of \(metric.generate) decoded after \(metric.prompt)", to: &decode)
      record["decode"] = .record(decode)
    }
    return record
  }

  private func add(
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
