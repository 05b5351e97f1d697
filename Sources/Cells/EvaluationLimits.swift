import Diagnostics
import Evaluation
import GPT2
import NotebookLanguage

/// What models and texts allow of an evaluate cell's settings, in the same words before a run and in it.
struct EvaluationLimits {
  let cell: EvaluateCell

  /// What is known to be impossible before anything has run.
  func problems(in scope: CheckScope) -> [Diagnostic] {
    guard scope.knows("metrics"), scope.knows("of"), scope.knows("baseline") else { return [] }
    let baselines = scope.models(of: cell.baseline)
    return cell.subjects.entries.flatMap { entry in
      scope.models(of: entry.label).flatMap { model -> [Diagnostic] in
        let baseline = cell.baseline.text.isEmpty ? model : baselines.first
        return problems(of: model, against: baseline, entry, in: scope)
      }
    }
  }

  private func problems(
    of model: KnownModel, against baseline: KnownModel?, _ entry: Subjects.Entry,
    in scope: CheckScope
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let config = model.config
    if let config, let other = baseline?.config, config.vocabularySize != other.vocabularySize {
      problems.append(
        Diagnostic(
          .impossibleSetting,
          "'\(cell.baseline.text)' is no baseline for '\(entry.label.text)': their vocabularies differ",
          at: cell.baseline.span))
    }
    let reader = baseline ?? model
    if cell.readsText, let missing = reader.missingTokenizer {
      problems.append(missing.problem(of: reader.name, at: entry.label.span))
    }
    guard let context = [config, baseline?.config].compactMap(\.?.contextLength).min() else {
      return problems
    }
    let tokens = tokenLimit(in: scope)
    return problems
      + cell.metrics.compactMap { metric in
        guard let error = error(metric, context, tokens), isSure(of: error, metric, scope) else {
          return nil
        }
        return diagnostic(for: error, metric)
      }
  }

  /// Whether the values that the error comes from are known: one that could not be read has its default.
  private func isSure(
    of error: EvaluationError, _ metric: EvaluateCell.Metric, _ scope: CheckScope
  ) -> Bool {
    switch (metric, error) {
    // The default window fits in every context, and so do growth's default lengths.
    case (.perplexity, .windowTooLong), (.growth, _): true
    case (.latency, _): scope.knows("latency.prompt")
    default: scope.knows(metric.rawValue)
    }
  }

  /// The most tokens that the text can have; nil where that is not known.
  private func tokenLimit(in scope: CheckScope) -> Int? {
    guard let corpus = scope.cells(of: cell.corpus).first?.cell as? CorpusCell,
      case .tokens(let limit)? = corpus.limit?.value
    else { return nil }
    return limit
  }

  /// Why a metric cannot be measured.
  ///
  /// - Parameter tokens: the most that the text can have; nil where that is not known.
  private func error(
    _ metric: EvaluateCell.Metric, _ context: Int, _ tokens: Int?
  ) -> EvaluationError? {
    let tokens = tokens ?? .max
    do throws(EvaluationError) {
      switch metric {
      case .perplexity:
        // What contradicts itself has been told.
        guard cell.perplexity.problems.isEmpty else { return nil }
        try cell.perplexity.metric(context: context, prefix: 0)
          .check(context: context, tokens: tokens)
      case .kl:
        try Divergence(window: cell.divergence.window.value)
          .check(context: context, tokens: tokens)
      case .latency: try cell.latency.metric.check(context: context)
      case .growth:
        guard cell.growth.problems.isEmpty else { return nil }
        try cell.growth.metric(context: context).check(context: context)
      case .memory: break
      }
      return nil
    } catch {
      return error
    }
  }

  /// The mistake with the place of the setting that causes it.
  func diagnostic(for error: EvaluationError, _ metric: EvaluateCell.Metric) -> Diagnostic {
    let subjects = cell.subjects.entries.first?.label.span
    let settings = cell.perplexity
    let window = metric == .kl ? cell.divergence.window.span : settings.window?.span
    switch error {
    case .corpusTooShort:
      return Diagnostic(.corpusTooShort, "\(error)", at: cell.corpus.span)
    case .windowTooLong(_, let context):
      let parameter = window?.parameterName.map { ", as by -P \($0)=\(context)" }
      return Diagnostic(
        .impossibleSetting, "\(error)", at: window ?? cell.corpus.span,
        help: "give '\(metric.rawValue).window' at most \(context)\(parameter ?? "")")
    case .invalidStride:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: settings.stride?.span ?? window ?? cell.corpus.span)
    case .contextTooShort(let needed, let context) where metric == .growth:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: cell.growth.span(needing: needed) ?? subjects,
        help: "give prompts up to \(context) tokens, and contexts up to \(context - 1)")
    case .contextTooShort:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: cell.latency.prompt.span ?? subjects,
        help: "prompt and generated tokens share the model's context")
    }
  }
}
