import Diagnostics
import Evaluation
import GPT2
import NotebookLanguage
import Tokenization

/// Measures the subjects of one evaluate cell, each against its baseline. What they share is done
/// once: the text's tokens and the baseline's perplexity.
struct SubjectEvaluation {
  let cell: EvaluateCell
  let context: CellContext
  private var tokens: [String: [Int32]] = [:]
  private var basePerplexities: [String: Perplexity.Result] = [:]
  private var memory: [String: MemoryUse] = [:]

  init(cell: EvaluateCell, context: CellContext) {
    self.cell = cell
    self.context = context
  }

  mutating func evaluate(
    _ subject: ModelSubject, named name: String, at span: SourceSpan?
  ) throws -> Record {
    let before = try baseline(of: subject)
    let after = subject.model
    var record = Record()
    for metric in cell.metrics {
      do {
        switch metric {
        case .perplexity:
          record["perplexity"] = try perplexity(before: before, after: after, name, at: span)
        case .latency:
          record["latency"] = .record(try latency(before: before, after: after, name))
        case .memory: record["memory"] = .record(try memory(before: before, after: after, name))
        }
      } catch let error as EvaluationError {
        throw diagnostic(for: error, name)
      } catch let error as GPT2Error {
        throw Diagnostic(.cellFailed, error.description, at: span)
      }
    }
    if case .quantized(let value) = subject {
      record["coverage"] = value.coverage
      record["bitsPerWeight"] = .number(value.quantized.model.bitsPerWeight)
    } else {
      record["coverage"] = QuantizedModelValue.emptyCoverage(of: after)
      record["bitsPerWeight"] = .number(after.bitsPerWeight)
    }
    return record
  }

  private func baseline(of subject: ModelSubject) throws(Diagnostic) -> GPT2Model {
    guard !cell.baseline.text.isEmpty else { return subject.base }
    let baseline = try context.value(of: cell.baseline).model
    guard baseline.config.vocabularySize == subject.model.config.vocabularySize else {
      throw Diagnostic(
        .impossibleSetting,
        "'\(baseline.name)' is no baseline for '\(subject.model.name)': their vocabularies differ",
        at: cell.baseline.span)
    }
    return baseline
  }

  // MARK: - Perplexity

  private mutating func perplexity(
    before: GPT2Model, after: GPT2Model, _ name: String, at span: SourceSpan?
  ) throws -> Value {
    let metric = Perplexity(
      window: cell.perplexity.window.value, stride: cell.perplexity.stride.value)
    let text = try tokens(for: before, at: span)
    let base: Perplexity.Result
    if let known = basePerplexities[before.identity] {
      base = known
    } else {
      base = try measure(metric, before, text, "full precision")
      basePerplexities[before.identity] = base
    }
    let result = try measure(metric, after, text, name)
    return .record(PerplexityRecord.make(metric, before: base, after: result))
  }

  private func measure(
    _ metric: Perplexity, _ model: GPT2Model, _ tokens: [Int32], _ name: String
  ) throws -> Perplexity.Result {
    try metric.measure(model, tokens: tokens, progress: progress("perplexity of \(name)"))
  }

  private mutating func tokens(
    for model: GPT2Model, at span: SourceSpan?
  ) throws(Diagnostic) -> [Int32] {
    if let known = tokens[model.identity] { return known }
    let text = try context.value(of: cell.corpus).text
    let encoded = try EvaluateCell.tokenizer(of: model, at: span).encode(text)
    tokens[model.identity] = encoded
    return encoded
  }

  // MARK: - Latency and memory

  private func latency(
    before: GPT2Model, after: GPT2Model, _ name: String
  ) throws -> Record {
    let settings = cell.latency
    let metric = Latency(
      prompt: settings.prompt.value, generate: settings.generate, warmup: settings.warmup,
      repetitions: settings.repetitions)
    let result = try metric.measure(
      before: before, after: after, progress: progress("latency of \(name)"))
    return LatencyRecord.make(metric, result)
  }

  private mutating func memory(
    before: GPT2Model, after: GPT2Model, _ name: String
  ) throws -> Record {
    let prompt = cell.latency.prompt.value
    let base: MemoryUse
    if let known = memory[before.identity] {
      base = known
    } else {
      base = try MemoryUse.measure(before, tokens: prompt)
      memory[before.identity] = base
    }
    return MemoryRecord.make(
      before: base, after: try MemoryUse.measure(after, tokens: prompt), prompt: prompt)
  }

  private func progress(_ activity: String) -> ProgressHandler {
    let report = context.progress
    return { update in
      var named = CellProgress(update)
      named.activity = activity
      report(named)
    }
  }

  private func diagnostic(for error: EvaluationError, _ name: String) -> Diagnostic {
    let settings = cell.perplexity
    switch error {
    case .corpusTooShort:
      return Diagnostic(.corpusTooShort, "\(error)", at: cell.corpus.span)
    case .windowTooLong:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: settings.window.span ?? cell.corpus.span)
    case .invalidStride:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: settings.stride.span ?? cell.corpus.span)
    case .contextTooShort:
      return Diagnostic(
        .impossibleSetting, "\(error)",
        at: cell.latency.prompt.span ?? cell.subjects.entries.first?.label.span)
    }
  }
}

extension GPT2Model {
  /// Two models of one name and source are one: loading is a function of them.
  fileprivate var identity: String { "\(name) \(source)" }
}
