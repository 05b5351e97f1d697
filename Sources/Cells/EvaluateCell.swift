public import Diagnostics
import Evaluation
import GPT2
public import NotebookLanguage
import Tokenization

/// ` ```{evaluate} `: measures models against the one that they were quantized from.
public struct EvaluateCell: Cell {
  public static let name = "evaluate"
  public static let version = 1
  public static let summary = "Measures perplexity, latency and memory before and after."

  public static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.subjects, help: "What to measure: a label, a list, or names for labels."),
      .optional(
        "baseline", \.baseline, help: "The model before; what each was quantized from if not given."
      ),
      .optional("corpus", \.corpus, help: "Label of the text, for perplexity."),
      .optional("metrics", \.metrics, help: "perplexity, latency, memory."),
      .optional("perplexity", \.perplexity, help: "Definition, window and stride."),
      .optional("latency", \.latency, help: "Prompt, tokens to generate, and how often."),
      .optional("as", \.names, help: "Results that expressions can name without the cell's label."),
    ]
  }
  public static var keyAliases: [String: String] { ["ppl": "perplexity", "model": "of"] }

  var subjects = Subjects()
  var baseline = Label<LoadedModel>()
  var corpus = Label<Corpus>()
  var metrics: [Metric] = [.perplexity, .latency, .memory]
  var perplexity = PerplexitySettings()
  var latency = LatencySettings()
  var names: [Spanned<String>] = []

  public init() {}

  enum Metric: String, SchemaChoice {
    case perplexity, latency, memory
    static var subject: String { "metric" }
    static var aliases: [String: String] { ["ppl": "perplexity", "speed": "latency"] }
  }

  struct PerplexitySettings: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .optional("definition", \.definition, help: "stride."),
        .optional(
          "window", \.window, in: 2...1 << 20, help: "Tokens that the model sees at a time."),
        .optional("stride", \.stride, in: 1...1 << 20, help: "Tokens between windows' starts."),
      ]
    }
    static var keyAliases: [String: String] {
      ["strides": "stride", "maxlength": "window", "context": "window", "nctx": "window"]
    }

    enum Definition: String, SchemaChoice {
      case stride
      static var subject: String { "definition of perplexity" }
    }

    var definition = Definition.stride
    var window = Spanned(1024)
    var stride = Spanned(512)
  }

  struct LatencySettings: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .optional("prompt", \.prompt, in: 1...1 << 20, help: "Tokens of the prompt."),
        .optional(
          "generate", \.generate, in: 0...1 << 20, help: "Tokens decoded after it, one by one."),
        .optional("warmup", \.warmup, in: 0...10_000, help: "Passes that are not counted."),
        .optional("repetitions", \.repetitions, in: 1...10_000, help: "Passes that are."),
      ]
    }
    static var keyAliases: [String: String] {
      ["reps": "repetitions", "r": "repetitions", "pp": "prompt", "tg": "generate"]
    }

    var prompt = Spanned(128)
    var generate = 0
    var warmup = 3
    var repetitions = 20
  }

  public var publishedNames: [PublishedName] {
    names.map { PublishedName($0.value, path: $0.value, at: $0.span) }
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for name in names where !subjects.names.contains(name.value) {
      diagnostics.append(
        .unknown("result", name.value, among: subjects.names, .unknownName, at: name.span))
    }
    if metrics.contains(.perplexity), corpus.text.isEmpty {
      diagnostics.append(
        Diagnostic(
          .missingKey, "perplexity needs a text: give the key 'corpus'",
          at: subjects.entries.first?.label.span))
    }
    if perplexity.stride.value > perplexity.window.value {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys,
          "a stride of \(perplexity.stride.value) would pass over tokens: the window has "
            + "\(perplexity.window.value)",
          at: perplexity.stride.span ?? perplexity.window.span))
    }
    return diagnostics
  }

  public func shape(in scope: CheckScope) -> Shape {
    var fields: [Shape.Field] = []
    for metric in metrics {
      switch metric {
      case .perplexity: fields.append(.init("perplexity", PerplexityRecord.shape))
      case .latency:
        fields.append(.init("latency", LatencyRecord.shape(decodes: latency.generate > 0)))
      case .memory: fields.append(.init("memory", MemoryRecord.shape))
      }
    }
    fields.append(.init("coverage", QuantizedModelValue.coverageShape))
    fields.append(.init("bitsPerWeight"))
    return .record(subjects.names.map { Shape.Field($0, .record(fields)) })
  }

  public func run(in context: CellContext) async throws -> EvaluationResults {
    var evaluation = SubjectEvaluation(cell: self, context: context)
    var record = Record()
    for entry in subjects.entries {
      let subject = try context.value(of: entry.label)
      record[entry.name] = .record(
        try evaluation.evaluate(subject, named: entry.name, at: entry.label.span))
    }
    return EvaluationResults(record: record)
  }

  /// The tokenizer of a model.
  static func tokenizer(
    of model: GPT2Model, at span: SourceSpan?
  ) throws(Diagnostic) -> Tokenizer {
    do throws(TokenizerError) {
      if let tokenizer = try model.tokenizer() { return tokenizer }
    } catch {
      throw Diagnostic(.invalidModel, error.description, at: span)
    }
    throw Diagnostic(
      .impossibleSetting, "'\(model.name)' has random weights and no tokenizer", at: span,
      help: "leave perplexity out of 'metrics': that of random weights means nothing")
  }
}

/// Results by name.
public struct EvaluationResults: CellValue, LabelTarget {
  public static let cellKinds = ["evaluate"]

  let record: Record

  public var expressionValue: Value { .record(record) }
}
