import Evaluation
import NotebookLanguage

/// `perplexity` of a result, as expressions and the results file see it.
struct PerplexityRecord {
  let metric: Perplexity
  let source: SampleSource
  /// Words and bytes of the text, which `rolling` divides by.
  let words: Int
  let bytes: Int

  /// Whether the difference in loss of each token is part of it.
  let showsDifferences: Bool

  static func shape(_ settings: PerplexitySettings) -> Shape {
    // `cause` is there only where the perplexity is not finite: no expression can count on it.
    var fields: [Shape.Field] = [
      .init("value", .estimate), .init("error", .number), .init("nll", .estimate),
      .init("tokens", .number),
    ]
    if settings.definition == .rolling {
      fields += ["wordPerplexity", "bytePerplexity", "bitsPerByte"].map { .init($0, .number) }
    }
    let side = Shape.record(fields + [.init("windows", .list)], principal: "value")
    let ratio = Shape.fields(
      ["value": .estimate, "error": .number, "low": .number, "high": .number, "test": .text],
      principal: "value")
    fields = [
      .init("definition", .text), .init("description", .text), .init("window", .number),
    ]
    if settings.definition == .stride {
      fields += [.init("stride", .number), .init("weighting", .text)]
    }
    fields += [.init("before", side), .init("after", side), .init("ratio", ratio)]
    if settings.showsDifferences { fields.append(.init("differences", .list)) }
    return .record(fields)
  }

  func make(before: Perplexity.Result, after: Perplexity.Result) -> Record {
    var record = Record([
      "definition": .text(name), "description": .text(metric.description),
      "window": .count(metric.window),
    ])
    if metric.definition == .stride {
      record["stride"] = .count(metric.stride)
      record["weighting"] = .text(metric.weighting.rawValue)
    }
    record["before"] = .record(side(before))
    record["after"] = .record(side(after))
    record["ratio"] = .record(ratio(before, after))
    if showsDifferences { record["differences"] = .list(differences(before, after)) }
    return record
  }

  private var name: String {
    switch metric.definition {
    case .stride: "stride"
    case .halfWindow: "halfWindow"
    case .rolling: "rolling"
    }
  }

  /// What was sampled: results that share it are paired.
  private var sample: String { "\(source.corpus?.sha256 ?? "") \(metric)" }

  private func side(_ result: Perplexity.Result) -> Record {
    let note = "measured: \(result.tokens) tokens, \(metric.description), \(source.short)"
    let influences = result.nllInfluences
    let value = Number(
      result.value, error: result.error.isFinite ? result.error : nil,
      influence: influences.isEmpty || !result.value.isFinite
        ? nil : Influence(sample: sample, values: influences.map { $0 * result.value }),
      cause: result.cause, note: note)
    let nll = Number(
      result.nll, error: result.nllError.isFinite ? result.nllError : nil,
      influence: influences.isEmpty ? nil : Influence(sample: sample, values: influences),
      cause: result.cause, note: note)
    var record = Record(
      [
        "value": .number(value), "error": .number(result.error), "nll": .number(nll),
        "tokens": .count(result.tokens),
      ], principal: "value")
    record["cause"] = result.cause.map { .text($0) }
    if case .rolling = metric.definition { addRolling(result, note, to: &record) }
    record["windows"] = .list(result.windows.map { .number(Self.rounded($0.nll)) })
    return record
  }

  private func addRolling(_ result: Perplexity.Result, _ note: String, to record: inout Record) {
    let figures = RollingFigures(result, words: words, bytes: bytes)
    for (name, value) in [
      ("wordPerplexity", figures.wordPerplexity), ("bytePerplexity", figures.bytePerplexity),
      ("bitsPerByte", figures.bitsPerByte),
    ] {
      record[name] = .number(Number(value, cause: result.cause, note: note))
    }
  }

  /// Both models read the same windows, so the error is that of the paired differences.
  private func ratio(_ before: Perplexity.Result, _ after: Perplexity.Result) -> Record {
    let ratio = PairedPerplexity(before: before, after: after)
    let interval = ratio.interval()
    let value = Number(
      ratio.ratio, error: ratio.error.isFinite ? ratio.error : nil, cause: after.cause,
      note: "measured: perplexity after over before, error of paired windows, \(source.short)")
    var record = Record(
      ["value": .number(value), "error": .number(ratio.error)], principal: "value")
    record["low"] = .number(interval.low)
    record["high"] = .number(interval.high)
    record["test"] = .text("paired windows, Student's t")
    return record
  }

  /// Loss after less loss before of each scored token, in nats; none where one is not finite.
  private func differences(_ before: Perplexity.Result, _ after: Perplexity.Result) -> [Value] {
    guard before.losses.count == after.losses.count else { return [] }
    return zip(before.losses, after.losses).map { .number(Self.rounded(Double($1) - Double($0))) }
  }

  /// To a ten-thousandth of a nat, which a plot cannot show and a file need not hold.
  private static func rounded(_ nats: Double) -> Double { (nats * 10_000).rounded() / 10_000 }
}
