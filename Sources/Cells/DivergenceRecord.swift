import Evaluation
import NotebookLanguage

/// `kl` of a result: how far the predictions lie from the baseline's, as llama.cpp reports it.
enum DivergenceRecord {
  static var shape: Shape {
    let estimate = Shape.fields(["value": .estimate, "error": .number], principal: "value")
    return .fields(
      [
        "window": .number, "tokens": .number, "mean": estimate, "median": .number, "p90": .number,
        "p99": .number, "maximum": .number, "sameTop": estimate, "meanDeltaP": estimate,
        "rmsDeltaP": estimate, "ratio": estimate,
      ], principal: "mean")
  }

  static func make(_ metric: Divergence, _ result: Divergence.Result, _ source: SampleSource)
    -> Record
  {
    let note =
      "measured: \(result.tokens) tokens, second halves of windows of \(metric.window), "
      + source.short
    let cause =
      result.mean.value.isFinite ? nil : "a prediction of one of the two models is not finite"
    func estimate(_ estimate: Divergence.Estimate) -> Value {
      let number = Number(
        estimate.value, error: estimate.error.isFinite ? estimate.error : nil, cause: cause,
        note: note)
      return .record(
        Record(
          ["value": .number(number), "error": .number(estimate.error)], principal: "value"))
    }
    func plain(_ value: Double) -> Value { .number(Number(value, cause: cause, note: note)) }
    return Record(
      [
        "window": .count(metric.window), "tokens": .count(result.tokens),
        "mean": estimate(result.mean), "median": plain(result.median),
        "p90": plain(result.quantile(0.9)), "p99": plain(result.quantile(0.99)),
        "maximum": plain(result.quantile(1)), "sameTop": estimate(result.sameTop),
        "meanDeltaP": estimate(result.meanProbabilityChange),
        "rmsDeltaP": estimate(result.rootMeanSquareProbabilityChange),
        "ratio": estimate(result.perplexityRatio),
      ], principal: "mean")
  }
}
