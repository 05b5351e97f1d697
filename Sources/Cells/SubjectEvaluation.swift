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
  private var texts: [String: TokenizedText] = [:]
  private var basePerplexities: [String: Perplexity.Result] = [:]
  private var memory: [String: MemoryUse] = [:]

  init(cell: EvaluateCell, context: CellContext) {
    self.cell = cell
    self.context = context
  }

  /// How the figures were made, for the report's last section.
  private(set) var provenance: [(name: String, value: String)] = []

  mutating func evaluate(
    _ subject: ModelSubject, named name: String, at span: SourceSpan?
  ) throws -> Record {
    let loaded = try baseline(of: subject)
    let before = loaded.model
    let after = subject.model
    var isBase = false
    if case .loaded = subject { isBase = after.identity == before.identity }
    let model = SampleSource(model: loaded)
    var source = model
    var record = Record()
    if cell.metrics.contains(where: { $0 == .perplexity || $0 == .kl }) {
      source.corpus = try context.value(of: cell.corpus)
      source.tokenizerSHA256 = try tokenized(for: before, at: span).tokenizerSHA256
    }
    for metric in cell.metrics {
      do {
        switch metric {
        case .perplexity:
          record["perplexity"] = try perplexity(
            before, after, isBase: isBase, source, name, at: span)
        case .latency: record["latency"] = .record(try latency(before, after, model, name))
        case .growth:
          record["growth"] = .record(
            try growth(before, isBase ? nil : after, model, name))
        case .memory: record["memory"] = .record(try memory(before, after, model))
        case .kl: record["kl"] = try divergence(before, after, source, name, at: span)
        }
      } catch let error as EvaluationError {
        throw diagnostic(for: error, metric)
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
    record["provenance"] = .record(source.record)
    return record
  }

  private func baseline(of subject: ModelSubject) throws(Diagnostic) -> LoadedModel {
    guard !cell.baseline.text.isEmpty else { return subject.base }
    let baseline = try context.value(of: cell.baseline)
    let other = subject.model
    if case .quantized(let value) = subject, value.base.model.identity != baseline.model.identity {
      throw Diagnostic(
        .impossibleSetting,
        "'\(cell.baseline.text)' is no baseline here: the model was quantized from another one",
        at: cell.baseline.span, help: "leave 'baseline' out to compare with what it was made from")
    }
    guard baseline.model.config.vocabularySize == other.config.vocabularySize else {
      throw Diagnostic(
        .impossibleSetting,
        "'\(baseline.model.name)' is no baseline for '\(other.name)': their vocabularies differ",
        at: cell.baseline.span)
    }
    return baseline
  }

  private mutating func note(_ name: String, _ fact: String) {
    guard !provenance.contains(where: { $0.name == name && $0.value == fact }) else { return }
    provenance.append((name, fact))
  }

  // MARK: - Perplexity and divergence

  private mutating func perplexity(
    _ before: GPT2Model, _ after: GPT2Model, isBase: Bool, _ source: SampleSource,
    _ name: String, at span: SourceSpan?
  ) throws -> Value {
    let text = try tokenized(for: before, at: span)
    let metric = cell.perplexity.metric(
      context: min(before.config.contextLength, after.config.contextLength), prefix: text.prefix)
    let base: Perplexity.Result
    if let known = basePerplexities[before.identity] {
      base = known
    } else {
      base = try measure(metric, before, text.tokens, "full precision")
      basePerplexities[before.identity] = base
    }
    let result = isBase ? base : try measure(metric, after, text.tokens, name)
    note(
      "Perplexity",
      metric.description
        + "; \(base.tokens) tokens scored; standard errors by batch means over windows")
    let corpus = try context.value(of: cell.corpus)
    return .record(
      PerplexityRecord(
        metric: metric, source: source, words: RollingFigures.words(in: corpus.text),
        bytes: corpus.text.utf8.count
      ).make(before: base, after: result))
  }

  private func measure(
    _ metric: Perplexity, _ model: GPT2Model, _ tokens: [Int32], _ name: String
  ) throws -> Perplexity.Result {
    try metric.measure(model, tokens: tokens, progress: progress("perplexity of \(name)"))
  }

  private mutating func divergence(
    _ before: GPT2Model, _ after: GPT2Model, _ source: SampleSource, _ name: String,
    at span: SourceSpan?
  ) throws -> Value {
    let text = try tokenized(for: before, at: span)
    let metric = Divergence(window: cell.divergence.window.value)
    let result = try metric.measure(
      base: before, after, tokens: text.tokens, progress: progress("divergence of \(name)"))
    note(
      "Divergence",
      "Kullback-Leibler, second halves of windows of \(metric.window) tokens (llama.cpp), \(result.tokens) tokens"
    )
    return .record(DivergenceRecord.make(metric, result, source))
  }

  private struct TokenizedText {
    var tokens: [Int32]
    /// `<|endoftext|>`, which stands before a text.
    var prefix: Int32
    var tokenizerSHA256: String
  }

  private mutating func tokenized(
    for model: GPT2Model, at span: SourceSpan?
  ) throws(Diagnostic) -> TokenizedText {
    if let known = texts[model.identity] { return known }
    let text = try context.value(of: cell.corpus).text
    let tokenizer = try EvaluateCell.tokenizer(of: model, at: span)
    let encoded = TokenizedText(
      tokens: tokenizer.encode(text), prefix: tokenizer.endOfText ?? 0,
      tokenizerSHA256: tokenizer.sha256)
    texts[model.identity] = encoded
    note("Tokenizer", "\(tokenizer.vocabularySize) tokens, SHA-256 \(tokenizer.sha256)")
    return encoded
  }

  // MARK: - Latency, growth and memory

  private mutating func latency(
    _ before: GPT2Model, _ after: GPT2Model, _ source: SampleSource, _ name: String
  ) throws -> Record {
    let settings = cell.latency
    let metric = Latency(
      prompt: settings.prompt.value, generate: settings.generate, warmup: settings.warmup,
      repetitions: settings.repetitions)
    let result = try metric.measure(
      before: before, after: after, progress: progress("latency of \(name)"))
    note("Latency", LatencyRecord.method(metric, result))
    return LatencyRecord(metric: metric, source: source).make(result)
  }

  private mutating func growth(
    _ before: GPT2Model, _ after: GPT2Model?, _ source: SampleSource, _ name: String
  ) throws -> Record {
    let metric = cell.growth.metric(
      context: min(before.config.contextLength, after?.config.contextLength ?? .max))
    let result = try metric.measure(
      before: before, after: after, progress: progress("growth of \(name)"))
    note("Growth", GrowthRecord.method(metric, result))
    return GrowthRecord(metric: metric, source: source).make(result)
  }

  private mutating func memory(
    _ before: GPT2Model, _ after: GPT2Model, _ source: SampleSource
  ) throws -> Record {
    let prompt = cell.latency.prompt.value
    let base: MemoryUse
    if let known = memory[before.identity] {
      base = known
    } else {
      base = try MemoryUse.measure(before, tokens: prompt)
      memory[before.identity] = base
    }
    return MemoryRecord(prompt: prompt, source: source).make(
      before: base, after: try MemoryUse.measure(after, tokens: prompt))
  }

  private func progress(_ activity: String) -> ProgressHandler {
    let report = context.progress
    return { update in
      var named = CellProgress(update)
      named.activity = activity
      report(named)
    }
  }

  private func diagnostic(for error: EvaluationError, _ metric: EvaluateCell.Metric) -> Diagnostic {
    let settings = cell.perplexity
    let window = metric == .kl ? cell.divergence.window.span : settings.window?.span
    switch error {
    case .corpusTooShort:
      return Diagnostic(.corpusTooShort, "\(error)", at: cell.corpus.span)
    case .windowTooLong:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: window ?? cell.corpus.span)
    case .invalidStride:
      return Diagnostic(
        .impossibleSetting, "\(error)", at: settings.stride?.span ?? window ?? cell.corpus.span)
    case .contextTooShort(let needed, let context) where metric == .growth:
      return Diagnostic(
        .impossibleSetting, "\(error)",
        at: cell.growth.span(needing: needed) ?? cell.subjects.entries.first?.label.span,
        help: "give prompts up to \(context) tokens, and contexts up to \(context - 1)")
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
