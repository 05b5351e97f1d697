import Evaluation
import NotebookLanguage

/// `latency` of a result, in milliseconds.
struct LatencyRecord {
  let metric: Latency
  let source: SampleSource

  static func shape(decodes: Bool) -> Shape {
    var fields =
      ["prompt", "generate", "threads", "warmup"].map { Shape.Field($0, .number) }
      + TimingRecord.fields
    if decodes { fields.append(.init("decode", .record(TimingRecord.fields))) }
    return .record(fields)
  }

  /// How latency was measured, in a line.
  static func method(_ metric: Latency, _ result: Latency.Result) -> String {
    "forward passes of \(metric.prompt) tokens"
      + (metric.generate > 0 ? " and \(metric.generate) tokens decoded after each" : "")
      + ", \(TimingRecord.order(isInterleaved: metric.interleaves)), "
      + "\(metric.repetitions) of each after warm-up, "
      + "\(result.threads) threads; medians with 95 % bootstrap intervals"
  }

  func make(_ result: Latency.Result) -> Record {
    var record = Record([
      "prompt": .count(metric.prompt), "generate": .count(metric.generate),
      "threads": .count(result.threads), "warmup": .count(result.warmup),
    ])
    let timing = TimingRecord(source: source, isInterleaved: metric.interleaves)
    timing.add(
      before: result.before.prefill, after: result.after.prefill, ratio: result.prefillRatio,
      "forward pass of \(metric.prompt) tokens", to: &record)
    if let ratio = result.decodeRatio {
      var decode = Record()
      timing.add(
        before: result.before.decode, after: result.after.decode, ratio: ratio,
        "one token of \(metric.generate) decoded after \(metric.prompt)", to: &decode)
      record["decode"] = .record(decode)
    }
    return record
  }
}
