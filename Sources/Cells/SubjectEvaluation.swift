import Diagnostics
import Evaluation
import GPT2
import NotebookLanguage
import Tokenization

/// Measures the subjects of one evaluate cell, each against its baseline. What they share is done
/// once: the text's tokens and the baseline's perplexity. Each metric of each subject is kept by itself,
/// so that a change of one method measures that method alone.
struct SubjectEvaluation {
  let cell: EvaluateCell
  let context: CellContext
  private var texts: [String: TokenizedText] = [:]
  private var basePerplexities: [String: Perplexity.Result] = [:]
  private var memory: [String: MemoryUse] = [:]
  /// Facts of the part that is being measured.
  private var notes: [(name: String, value: String)] = []

  init(cell: EvaluateCell, context: CellContext) {
    self.cell = cell
    self.context = context
  }

  /// How the figures were made, for the report's last section.
  private(set) var provenance: [(name: String, value: String)] = []

  /// A subject, computed when a part of it has to be measured.
  private struct Subject {
    var entry: Subjects.Entry
    var input: CellInput
    var pair: Pair?
  }

  /// A model and what it is compared with.
  private struct Pair {
    var subject: ModelSubject
    var loaded: LoadedModel
    var source: SampleSource
    /// Whether the two are one.
    var isBase: Bool

    var before: GPT2Model { loaded.model }
    var after: GPT2Model { subject.model }
  }

  /// - Parameter input: what the entry's label stands for, or one value of its sweep.
  mutating func evaluate(_ entry: Subjects.Entry, _ input: CellInput) async throws -> Record {
    var subject = Subject(entry: entry, input: input)
    let name = FieldPath.text(of: [entry.name] + input.address)
    var record = Record()
    for metric in cell.metrics {
      record[metric.rawValue] = try await part(
        metric.rawValue + "/2", settings(of: metric), readsText: metric.readsText,
        host: metric.hostDependence, &subject
      ) { (evaluation, pair) in
        do {
          return try await evaluation.measure(metric, pair, named: name, at: entry.label.span)
        } catch let error as EvaluationError {
          throw EvaluationLimits(cell: evaluation.cell).diagnostic(for: error, metric)
        } catch let error as GPT2Error {
          throw Diagnostic(
            error.code(otherwise: .cellFailed), error.description, at: entry.label.span)
        } catch let error as MemoryLack {
          throw error.diagnostic(
            "measuring the \(metric.rawValue) of '\(name)'", at: entry.label.span)
        }
      }
      if metric == .perplexity { try refuseOverflow(record, named: name, at: entry.label.span) }
    }
    let facts = try await part(
      "facts/2", [], readsText: cell.readsText, host: .none, &subject
    ) { (_, pair) in
      .record(Self.facts(pair))
    }
    if case .record(let facts) = facts {
      for field in facts.fields { record[field.name] = field.value }
    }
    return record
  }

  /// `overflow: fail`. The part is kept all the same, so that reporting it later measures nothing anew.
  private func refuseOverflow(
    _ record: Record, named name: String, at span: SourceSpan?
  ) throws(Diagnostic) {
    guard cell.perplexity.overflow == .fail else { return }
    for side in ["before", "after"] {
      guard let number = Value.record(record)[path: "perplexity.\(side)"]?.asNumber,
        !number.value.isFinite
      else { continue }
      throw Diagnostic(
        .nonFiniteResult,
        "the perplexity \(side) of '\(name)' "
          + (number.value.isNaN ? "is undefined" : "overflowed"), at: span,
        notes: number.cause.map { [Diagnostic.Note($0)] } ?? [],
        help: "to show it as ∞ with its cause, set 'overflow: report', the default")
    }
  }

  /// A part of a subject's results, as it was kept or measured now.
  private mutating func part(
    _ kind: String, _ settings: [String], readsText: Bool, host: HostDependence,
    _ subject: inout Subject, _ measure: (inout Self, Pair) async throws -> Value
  ) async throws -> Value {
    var keys = [kind] + settings + ["of", subject.input.key]
    // Without the setting, the baseline is what the subject was made from.
    if context.settings["baseline"] != nil {
      keys += ["baseline", try context.input(cell.baseline).key]
    }
    if readsText { keys += ["corpus", try context.input(cell.corpus).key] }
    let stored = try await context.parts.part(keys, host: host) {
      let pair = if let known = subject.pair { known } else { try await pair(of: subject) }
      subject.pair = pair
      notes = []
      let value = try await measure(&self, pair)
      return StoredResult(value: value, provenance: notes)
    }
    for fact in stored.provenance where !provenance.contains(where: { $0 == fact }) {
      provenance.append(fact)
    }
    return stored.value
  }

  /// The settings that a metric depends on: part of the identity of what is kept of it.
  private func settings(of metric: EvaluateCell.Metric) -> [String] {
    context.settings.filter { path, _ in
      // Whether an overflow is a failure changes nothing in what was measured.
      path != "perplexity.overflow" && metric.settings.contains { path.isPath(at: $0) }
    }
    .sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
  }

  private mutating func pair(of subject: Subject) async throws -> Pair {
    let span = subject.entry.label.span
    let model = try await subject.input.value(at: subject.entry.label)
    let loaded = try await baseline(of: model)
    var isBase = false
    if case .loaded(let same) = model { isBase = same.identity == loaded.identity }
    var source = SampleSource(model: loaded)
    if cell.readsText {
      source.corpus = try await context.value(of: cell.corpus)
      source.tokenizerSHA256 = try await tokenized(for: loaded, at: span).tokenizerSHA256
    }
    return Pair(subject: model, loaded: loaded, source: source, isBase: isBase)
  }

  private mutating func measure(
    _ metric: EvaluateCell.Metric, _ pair: Pair, named name: String, at span: SourceSpan?
  ) async throws -> Value {
    // Of a model without a text, times and memory are told.
    let machine = SampleSource(model: pair.loaded)
    switch metric {
    case .perplexity: return try await perplexity(pair, name, at: span)
    case .kl: return try await divergence(pair, name, at: span)
    case .latency: return .record(try latency(pair.before, pair.after, machine, name))
    case .growth:
      return .record(try growth(pair.before, pair.isBase ? nil : pair.after, machine, name))
    case .memory: return .record(try memory(pair, machine))
    }
  }

  /// What holds of a subject whatever is measured.
  private static func facts(_ pair: Pair) -> Record {
    var record = Record()
    if case .quantized(let value) = pair.subject {
      record["coverage"] = value.coverage
      record["bitsPerWeight"] = .number(value.quantized.model.bitsPerWeight)
    } else {
      record["coverage"] = QuantizedModelValue.emptyCoverage(of: pair.after)
      record["bitsPerWeight"] = .number(pair.after.bitsPerWeight)
    }
    record["provenance"] = .record(pair.source.record)
    return record
  }

  private func baseline(of subject: ModelSubject) async throws -> LoadedModel {
    guard !cell.baseline.text.isEmpty else { return subject.base }
    let baseline = try await context.value(of: cell.baseline)
    let other = subject.model
    if case .quantized(let value) = subject, value.base.identity != baseline.identity {
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
    guard !notes.contains(where: { $0.name == name && $0.value == fact }) else { return }
    notes.append((name, fact))
  }

  // MARK: - Perplexity and divergence

  private mutating func perplexity(
    _ pair: Pair, _ name: String, at span: SourceSpan?
  ) async throws -> Value {
    let text = try await tokenized(for: pair.loaded, at: span)
    let metric = cell.perplexity.metric(
      context: min(pair.before.config.contextLength, pair.after.config.contextLength),
      prefix: text.prefix)
    let base = try await basePerplexity(metric, pair.loaded, text.tokens)
    let result =
      pair.isBase ? base : try measure(metric, pair.after, text.tokens, name)
    note(
      "Perplexity",
      metric.description
        + "; \(base.tokens) tokens scored; standard errors by batch means over windows")
    let corpus = try await context.value(of: cell.corpus)
    return .record(
      PerplexityRecord(
        metric: metric, source: pair.source, words: RollingFigures.words(in: corpus.text),
        bytes: corpus.text.utf8.count, showsDifferences: cell.perplexity.showsDifferences
      ).make(before: base, after: result))
  }

  /// The baseline's perplexity, which all methods of all notebooks share.
  private mutating func basePerplexity(
    _ metric: Perplexity, _ model: LoadedModel, _ tokens: [Int32]
  ) async throws -> Perplexity.Result {
    if let known = basePerplexities[model.identity] { return known }
    var measured: Perplexity.Result?
    let corpus = try context.input(cell.corpus).key
    let stored = try await context.parts.part(
      ["base perplexity/1", "\(metric)", model.identity, corpus], host: .kernels
    ) {
      let result = try measure(metric, model.model, tokens, "full precision")
      measured = result
      return StoredResult(value: PerplexityCoding.value(of: result))
    }
    let result: Perplexity.Result
    if let known = measured ?? PerplexityCoding.result(stored.value) {
      result = known
    } else {
      result = try measure(metric, model.model, tokens, "full precision")
    }
    basePerplexities[model.identity] = result
    return result
  }

  private func measure(
    _ metric: Perplexity, _ model: GPT2Model, _ tokens: [Int32], _ name: String
  ) throws -> Perplexity.Result {
    try metric.measure(model, tokens: tokens, progress: progress("perplexity of \(name)"))
  }

  private mutating func divergence(
    _ pair: Pair, _ name: String, at span: SourceSpan?
  ) async throws -> Value {
    let text = try await tokenized(for: pair.loaded, at: span)
    let metric = Divergence(window: cell.divergence.window.value)
    let result = try metric.measure(
      base: pair.before, pair.after, tokens: text.tokens,
      progress: progress("divergence of \(name)"))
    let tokens = DisplayedValue(.count(result.tokens)).text
    note(
      "Divergence",
      "Kullback-Leibler, second halves of windows of \(metric.window) tokens (llama.cpp), \(tokens) tokens"
    )
    return .record(DivergenceRecord.make(metric, result, pair.source))
  }

  private struct TokenizedText {
    var tokens: [Int32]
    /// Stands before a text: what begins one by the tokenizer, or else ends one, as lm-evaluation-harness's
    /// `prefix_token_id`.
    var prefix: Int32
    var vocabularySize: Int
    var tokenizerSHA256: String
  }

  private mutating func tokenized(
    for loaded: LoadedModel, at span: SourceSpan?
  ) async throws -> TokenizedText {
    let encoded: TokenizedText
    if let known = texts[loaded.identity] {
      encoded = known
    } else {
      let corpus = try await context.value(of: cell.corpus)
      let tokenizer = try EvaluateCell.tokenizer(of: loaded.model, at: span)
      encoded = TokenizedText(
        tokens: try corpus.tokens(by: tokenizer),
        prefix: tokenizer.roles.beginning ?? tokenizer.endOfText ?? 0,
        vocabularySize: tokenizer.vocabularySize, tokenizerSHA256: tokenizer.sha256)
      texts[loaded.identity] = encoded
    }
    note("Tokenizer", "\(encoded.vocabularySize) tokens, SHA-256 \(encoded.tokenizerSHA256)")
    return encoded
  }

  // MARK: - Latency, growth and memory

  private mutating func latency(
    _ before: GPT2Model, _ after: GPT2Model, _ source: SampleSource, _ name: String
  ) throws -> Record {
    let metric = cell.latency.metric
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

  private mutating func memory(_ pair: Pair, _ source: SampleSource) throws -> Record {
    let prompt = cell.latency.prompt.value
    let base: MemoryUse
    if let known = memory[pair.loaded.identity] {
      base = known
    } else {
      base = try MemoryUse.measure(pair.before, tokens: prompt)
      memory[pair.loaded.identity] = base
    }
    return MemoryRecord(prompt: prompt, source: source).make(
      before: base, after: try MemoryUse.measure(pair.after, tokens: prompt))
  }

  private func progress(_ activity: String) -> ProgressHandler {
    let report = context.progress
    return { update in
      var named = CellProgress(update)
      named.activity = activity
      report(named)
    }
  }
}
