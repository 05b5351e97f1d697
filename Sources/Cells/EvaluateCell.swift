public import Diagnostics
import Evaluation
import GPT2
public import NotebookLanguage
import Tokenization

/// ` ```{evaluate} `: measures models against the one that they were quantized from.
public struct EvaluateCell: Cell {
  public static let name = "evaluate"
  public static let version = 2
  public static let summary = "Measures perplexity, latency and memory before and after."
  public static let isStored = true
  public static let presentationKeys: Set<String> = ["as"]
  public static let allowsSweep = true
  public static let example = """
    #| label: results
    of: {nf4: nf4-q}
    corpus: text
    metrics: [perplexity, memory, kl]
    perplexity: {definition: stride, window: 256, stride: 128}
    as: [nf4]
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.subjects, help: "What to measure: a label, a list, or names for labels."),
      .optional(
        "baseline", \.baseline, help: "The model before; what each was quantized from if not given."
      ),
      .optional("corpus", \.corpus, help: "Label of the text, for perplexity."),
      .optional(
        "metrics", \.metrics, orElse: "there is nothing to measure", help: "What to measure."),
      .optional("perplexity", \.perplexity, help: "Definition, window, stride and weighting."),
      .optional("kl", \.divergence, help: "Window of the Kullback-Leibler divergence."),
      .optional("latency", \.latency, help: "Prompt, tokens to generate, and how often."),
      .optional("growth", \.growth, help: "Lengths whose times to measure, and how often."),
      .optional("as", \.names, help: "Results that expressions can name without the cell's label."),
    ]
  }
  public static var keyAliases: [String: String] {
    ["ppl": "perplexity", "model": "of", "models": "of"]
  }

  var subjects = Subjects()
  var baseline = Label<LoadedModel>()
  var corpus = Label<Corpus>()
  var metrics: [Metric] = [.perplexity, .latency, .memory]
  var perplexity = PerplexitySettings()
  var divergence = DivergenceSettings()
  var latency = LatencySettings()
  var growth = GrowthSettings()
  var names: [Spanned<String>] = []

  public init() {}

  enum Metric: String, SchemaChoice {
    case perplexity, latency, growth, memory, kl
    static var subject: String { "metric" }
    var help: String? {
      switch self {
      case .perplexity: "Of the text, by one of three definitions, with its standard error."
      case .latency: "Time of a prompt and of decoding, before and after in turn."
      case .growth: "Times over several lengths of prompt and context."
      case .memory: "Bytes by three accounts: reported, packed, peak."
      case .kl: "Kullback-Leibler divergence of the next token's distribution."
      }
    }
    static var aliases: [String: String] {
      ["ppl": "perplexity", "speed": "latency", "kld": "kl", "divergence": "kl"]
    }

    /// The keys of the cell that it depends on.
    var settings: [String] { self == .memory ? ["latency.prompt"] : [rawValue] }

    var readsText: Bool { self == .perplexity || self == .kl }

    var hostDependence: HostDependence {
      switch self {
      case .perplexity, .kl: .kernels
      case .latency, .growth, .memory: .machine
      }
    }
  }

  public var publishedNames: [PublishedName] {
    names.map { PublishedName($0.value, path: $0.value, at: $0.span) }
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for name in names where scope.knows("of") && !subjects.names.contains(name.value) {
      diagnostics.append(
        .unknown("result", name.value, among: subjects.names, .unknownName, at: name.span))
    }
    let needsText = scope.knows("metrics") && scope.knows("corpus") && corpus.text.isEmpty
    for metric in metrics where metric.readsText && needsText {
      diagnostics.append(
        Diagnostic(
          .missingKey, "\(metric.rawValue) needs a text: give the key 'corpus'",
          at: subjects.entries.first?.label.span))
    }
    diagnostics += perplexity.problems(knowing: { scope.knows("perplexity.\($0)") })
    diagnostics += growth.problems + EvaluationLimits(cell: self).problems(in: scope)
    for entry in subjects.entries
    where scope.shape(of: entry.label).axes.contains(Subjects.axis) {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys,
          "'\(entry.label.text)' ranges over 'of', and so do the results of this cell",
          at: entry.label.span, help: "give each model a quantize cell of its own"))
    }
    return diagnostics
  }

  public func shape(in scope: CheckScope) -> Shape {
    subjects.shape(in: scope) { .record(fields(of: $0, in: scope)) }
  }

  private func fields(of entry: Subjects.Entry, in scope: CheckScope) -> [Shape.Field] {
    let models = scope.models(of: entry.label) + scope.models(of: baseline)
    let context = models.compactMap(\.config?.contextLength).min()
    var fields: [Shape.Field] = []
    for metric in metrics {
      switch metric {
      case .perplexity:
        fields.append(.init("perplexity", PerplexityRecord.shape(perplexity)))
      case .latency:
        fields.append(.init("latency", LatencyRecord.shape(decodes: latency.generate > 0)))
      case .growth: fields.append(.init("growth", growth.shape(context: context)))
      case .memory: fields.append(.init("memory", MemoryRecord.shape))
      case .kl: fields.append(.init("kl", DivergenceRecord.shape))
      }
    }
    fields.append(.init("coverage", QuantizedModelValue.coverageShape))
    fields.append(.init("bitsPerWeight", .number))
    fields.append(.init("provenance", SampleSource.shape(hasText: readsText)))
    return fields
  }

  public var hostDependence: HostDependence {
    metrics.contains { $0.hostDependence == .machine } ? .machine : .kernels
  }

  /// Whether the text matters.
  var readsText: Bool { metrics.contains(where: \.readsText) }

  /// Settings of metrics that are not measured have no effect.
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    let bases = subjects.entries.map { base(of: $0.label, in: scope) }
    let baseline = scope.known(baseline)
    let isUsualBaseline = baseline != nil && bases.allSatisfy { $0?.key == baseline?.key }
    let measured = Set(metrics.flatMap(\.settings))
    var settled = settings.filter { setting in
      // Defaults of keys that came later: before there was the key, the same was measured.
      switch (setting.path, setting.text) {
      case ("perplexity.overflow", "report"), ("latency.interleave", "true"): return false
      default: break
      }
      switch setting.path.prefix(while: { $0 != "." }) {
      case "metrics": return true
      case "baseline": return !isUsualBaseline
      case "corpus": return readsText
      default: return measured.contains { setting.path.isPath(at: $0) }
      }
    }
    settled += subjects.settings
    let contexts = Set((bases + (baseline.map { [$0] } ?? [])).map { $0?.context })
    let context = contexts.count == 1 ? contexts.first ?? nil : nil
    var implied: [Setting] = []
    if metrics.contains(.perplexity) { implied += perplexity.implied(context: context) }
    if metrics.contains(.growth), let context { implied += growth.implied(context: context) }
    return settled + implied
  }

  /// What a subject is compared with unless the cell says otherwise.
  private func base(of label: Label<ModelSubject>, in scope: KeyScope) -> KeyScope.Known? {
    let known = scope.known(label)
    guard let quantize = known?.cell as? QuantizeCell else { return known }
    return scope.known(quantize.source)
  }

  public func named(_ result: StoredResult, by names: ContentNames) -> StoredResult {
    subjects.named(result, by: names)
  }

  public func run(in context: CellContext) async throws -> EvaluationResults {
    var evaluation = SubjectEvaluation(cell: self, context: context)
    let record = try await subjects.results(in: context) {
      .record(try await evaluation.evaluate($0, $1))
    }
    return EvaluationResults(record: record, provenance: evaluation.provenance)
  }

  /// The tokenizer of a model.
  static func tokenizer(
    of model: GPT2Model, at span: SourceSpan?
  ) throws(Diagnostic) -> Tokenizer {
    do throws(TokenizerError) {
      if let tokenizer = try model.tokenizer() { return tokenizer }
    } catch {
      throw .unusable(error, at: span)
    }
    let missing: KnownModel.MissingTokenizer =
      if case .random = model.source { .randomWeights } else { .noneInFile }
    throw missing.problem(of: model.name, at: span)
  }
}

extension String {
  /// Whether the path leads to a key or below it.
  func isPath(at key: String) -> Bool { self == key || hasPrefix(key + ".") }
}

extension KeyScope.Known {
  /// Of a loaded model.
  fileprivate var context: Int? {
    record[path: "context"]?.asNumber.flatMap { Int(exactly: $0.value) }
  }
}

/// Results by name.
public struct EvaluationResults: CellValue, LabelTarget {
  public static let cellKinds = ["evaluate"]

  let record: Record
  public let provenance: [(name: String, value: String)]

  public var expressionValue: Value { .record(record) }
}
