import Evaluation
import NotebookLanguage

/// `perplexity` of a result, as expressions and the results file see it.
enum PerplexityRecord {
  static var shape: Shape {
    let side = Shape.leaves(["value", "error", "nll", "tokens", "cause"], principal: "value")
    return .record([
      .init("definition"), .init("description"), .init("window"), .init("stride"),
      .init("before", side), .init("after", side),
      .init("ratio", .leaves(["value", "error"], principal: "value")),
    ])
  }

  static func make(
    _ metric: Perplexity, before: Perplexity.Result, after: Perplexity.Result
  ) -> Record {
    let description =
      "sliding windows of \(metric.window) tokens, stride \(metric.stride), every token once"
    return Record([
      "definition": .text("stride"), "description": .text(description),
      "window": .count(metric.window), "stride": .count(metric.stride),
      "before": .record(side(before, description)), "after": .record(side(after, description)),
      "ratio": .record(ratio(before, after)),
    ])
  }

  private static func side(_ result: Perplexity.Result, _ description: String) -> Record {
    let note = "measured: \(result.tokens) tokens, \(description)"
    let value = Number(
      result.value, error: result.error.isFinite ? result.error : nil, cause: result.cause,
      note: note)
    var record = Record(
      [
        "value": .number(value), "error": .number(result.error),
        "nll": .number(Number(result.nll, cause: result.cause, note: note)),
        "tokens": .count(result.tokens),
      ], principal: "value")
    record["cause"] = result.cause.map { .text($0) }
    return record
  }

  /// Both models read the same windows, so the error is that of the paired differences.
  private static func ratio(_ before: Perplexity.Result, _ after: Perplexity.Result) -> Record {
    let ratio = PairedPerplexity(before: before, after: after)
    let value = Number(
      ratio.ratio, error: ratio.error.isFinite ? ratio.error : nil, cause: after.cause,
      note: "measured: perplexity after over before, error of paired windows")
    return Record(
      ["value": .number(value), "error": .number(ratio.error)], principal: "value")
  }
}

/// `latency` of a result.
enum LatencyRecord {
  static func shape(decodes: Bool) -> Shape {
    var fields = [Shape.Field("prompt"), .init("generate")] + timing
    if decodes { fields.append(.init("decode", .record(timing))) }
    return .record(fields)
  }

  private static var timing: [Shape.Field] {
    let side = Shape.leaves(["median", "low", "high", "samples"], principal: "median")
    return [
      .init("before", side), .init("after", side),
      .init("ratio", .leaves(["value", "low", "high"], principal: "value")),
    ]
  }

  static func make(_ metric: Latency, _ result: Latency.Result) -> Record {
    var record = Record(["prompt": .count(metric.prompt), "generate": .count(metric.generate)])
    add(
      before: result.before.prefill, after: result.after.prefill,
      "forward pass of \(metric.prompt) tokens", to: &record)
    if metric.generate > 0 {
      var decode = Record()
      add(
        before: result.before.decode, after: result.after.decode,
        "one token of \(metric.generate) decoded after \(metric.prompt)", to: &decode)
      record["decode"] = .record(decode)
    }
    return record
  }

  private static func add(
    before: Latency.Samples, after: Latency.Samples, _ subject: String, to record: inout Record
  ) {
    record["before"] = .record(side(before, subject))
    record["after"] = .record(side(after, subject))
    let ratios = zip(after.values, before.values).map { $0 / $1 }
    record["ratio"] = .record(
      Record(
        [
          "value": .number(after.median / before.median),
          "low": .number(Statistics.quantile(ratios, 0.1)),
          "high": .number(Statistics.quantile(ratios, 0.9)),
        ], principal: "value"))
  }

  private static func side(_ samples: Latency.Samples, _ subject: String) -> Record {
    let note =
      "measured: \(subject), median of \(samples.values.count) passes, before and after in turn"
    func milliseconds(_ value: Double) -> Value {
      .number(Number(value, unit: .milliseconds, note: note))
    }
    return Record(
      [
        "median": milliseconds(samples.median), "low": milliseconds(samples.low),
        "high": milliseconds(samples.high),
        "samples": .list(samples.values.map(milliseconds)),
      ], principal: "median")
  }
}

/// `memory` of a result.
enum MemoryRecord {
  static var shape: Shape {
    let side = Shape.leaves(["reported", "packed", "peak"], principal: "reported")
    return .record([
      .init("before", side), .init("after", side),
      .init("ratio", .leaves(["value"], principal: "value")),
    ])
  }

  static func make(before: MemoryUse, after: MemoryUse, prompt: Int) -> Record {
    let ratio = Double(after.reported) / Double(before.reported)
    return Record([
      "before": .record(side(before, prompt)), "after": .record(side(after, prompt)),
      "ratio": .record(
        Record(["value": .number(Number(ratio, origin: .derived))], principal: "value")),
    ])
  }

  private static func side(_ use: MemoryUse, _ prompt: Int) -> Record {
    func bytes(_ count: Int, _ note: String) -> Value {
      .number(Number(Double(count), unit: .bytes, note: "measured: " + note))
    }
    return Record(
      [
        "reported": bytes(
          use.reported, "elements times bytes of a code over all parameters, constants not counted"),
        "packed": bytes(use.packed, "bytes that the weights take, scales and padding counted"),
        "peak": bytes(
          use.peak,
          "packed bytes, and the rise of resident memory while \(prompt) tokens were read"),
      ], principal: "reported")
  }
}
