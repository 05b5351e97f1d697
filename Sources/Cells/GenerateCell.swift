public import Diagnostics
import GPT2
public import NotebookLanguage
import Tokenization

/// ` ```{generate} `: what models write after a prompt, beside what they were quantized from.
public struct GenerateCell: Cell {
  public static let name = "generate"
  public static let captionKind: CaptionKind? = .table
  public static let version = 2
  public static let summary = "Lets models continue a prompt, before and after quantization."
  public static let isStored = true
  public static let example = """
    #| label: samples
    of: {nf4: nf4-q}
    prompt: The weather in the mountains
    tokens: 32
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.subjects, help: "Which models: a label, a list, or names for labels."),
      .required("prompt", \.prompt, help: "The text that is continued."),
      .optional("tokens", \.tokens, in: 1...100_000, help: "The most tokens to add."),
      .optional(
        "temperature", \.temperature,
        help: "Divides the logits before a token is drawn; 0 takes the most likely one."),
      .optional(
        "topK", \.topK, help: "Draw from so many of the most likely tokens; all if not given."),
      .optional(
        "topP", \.topP,
        help:
          "Draw from the most likely tokens that together reach this probability; all if not given."
      ),
      .optional("seed", \.seed, in: 0...Int.max, help: "Of what is drawn."),
      .optional("labels", \.labels, help: "What results are called in the table."),
    ]
  }
  public static var keyAliases: [String: String] {
    [
      "model": "of", "text": "prompt", "maxnewtokens": "tokens", "npredict": "tokens",
      "length": "tokens", "temp": "temperature", "k": "topK", "p": "topP",
    ]
  }
  public static let presentationKeys: Set<String> = ["labels"]

  var subjects = Subjects()
  var prompt = Spanned("")
  var tokens = Spanned(32)
  var temperature = Spanned(0.0)
  var topK: Spanned<Int>?
  var topP: Spanned<Double>?
  var seed = Spanned(0)
  var labels = NamedMap<String>()

  public init() {}

  public var hostDependence: HostDependence { .kernels }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics = settingsProblems(in: scope)
    if scope.knows("prompt"), prompt.value.isEmpty {
      diagnostics.append(Diagnostic(.outOfRange, "'prompt' is empty", at: prompt.span))
    }
    for entry in labels.entries
    where scope.knows("of") && !subjects.names.contains(entry.name.value) {
      diagnostics.append(
        .unknown(
          "result", entry.name.value, among: subjects.names, .unknownName, at: entry.name.span))
    }
    for entry in subjects.entries {
      for model in scope.models(of: entry.label) {
        if let missing = model.missingTokenizer {
          diagnostics.append(missing.problem(of: model.name, at: entry.label.span))
        }
        if let context = model.config?.contextLength, scope.knows("tokens"), tokens.value > context
        {
          diagnostics.append(
            Diagnostic(
              .impossibleSetting,
              "\(tokens.value) tokens do not fit in the context of \(context) that "
                + "'\(model.name)' has", at: tokens.span))
        }
      }
    }
    return diagnostics
  }

  private func settingsProblems(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if !(temperature.value >= 0 && temperature.value.isFinite) {
      diagnostics.append(
        Diagnostic(.outOfRange, "'temperature' is a number from 0 on", at: temperature.span))
    }
    if let topK, topK.value < 1 {
      diagnostics.append(Diagnostic(.outOfRange, "'topK' is at least 1", at: topK.span))
    }
    if let topP, !(topP.value > 0 && topP.value <= 1) {
      diagnostics.append(
        Diagnostic(.outOfRange, "'topP' is above 0 and at most 1", at: topP.span))
    }
    let unused = [("topK", topK?.span), ("topP", topP?.span), ("seed", seed.span)]
    for case (let key, let span?) in unused
    where temperature.value == 0 && scope.knows("temperature") {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'\(key)' has no effect: without 'temperature' nothing is drawn",
          at: span, help: "set 'temperature', such as 0.8, or leave '\(key)' out"))
    }
    return diagnostics
  }

  public func shape(in scope: CheckScope) -> Shape {
    subjects.shape(in: scope) { _ in ContinuationRecord.shape }
  }

  /// Without a temperature nothing is drawn, and the seed has no effect.
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    settings.filter { setting in
      !setting.path.isPath(at: "of") && (setting.path != "seed" || temperature.value > 0)
    } + subjects.settings
  }

  public func named(_ result: StoredResult, by names: ContentNames) -> StoredResult {
    subjects.named(result, by: names)
  }

  public func run(in context: CellContext) async throws -> Continuations {
    var generation = ModelGeneration(cell: self, context: context)
    let record = try await subjects.results(in: context) { entry, input in
      let subject = try await input.value(as: ModelSubject.self, at: entry.label)
      return try generation.continuations(of: subject, at: entry.label.span)
    }
    return Continuations(record: record, labels: labels)
  }

  public func restored(from stored: StoredResult) -> any CellValue {
    var record = Record()
    if case .record(let kept) = stored.value { record = kept }
    return Continuations(record: record, labels: labels)
  }

  var sampling: Sampling {
    Sampling(
      temperature: temperature.value, topK: topK?.value, topP: topP?.value, seed: UInt64(seed.value)
    )
  }
}

/// What models wrote, by name.
public struct Continuations: CellValue, LabelTarget {
  public static let cellKinds = ["generate"]

  let record: Record
  let labels: NamedMap<String>

  public var expressionValue: Value { .record(record) }

  public func display(of record: Value) -> Display? {
    ContinuationTable(record, labels: labels).display
  }
}

/// Lets models write; what one base writes serves all that were quantized from it.
private struct ModelGeneration {
  let cell: GenerateCell
  let context: CellContext
  private var known: [String: Continuation] = [:]

  init(cell: GenerateCell, context: CellContext) {
    self.cell = cell
    self.context = context
  }

  mutating func continuations(of subject: ModelSubject, at span: SourceSpan?) throws -> Value {
    let base = subject.base
    let tokenizer = try EvaluateCell.tokenizer(of: base.model, at: span)
    let prompt = try tokenizer.encode(cell.prompt.value, addingTemplate: true)
    let before: Continuation
    if let known = known[base.identity] {
      before = known
    } else {
      before = try continuation(by: base.model, after: prompt, tokenizer, at: span)
      known[base.identity] = before
    }
    var after = before
    if case .quantized(let value) = subject {
      after = try continuation(by: value.quantized.model, after: prompt, tokenizer, at: span)
    }
    return ContinuationRecord(
      prompt: cell.prompt.value, tokenizer: tokenizer, before: before, after: after
    ).value
  }

  private func continuation(
    by model: GPT2Model, after prompt: [Int32], _ tokenizer: Tokenizer, at span: SourceSpan?
  ) throws -> Continuation {
    let count = cell.tokens.value
    let limit = model.config.contextLength
    guard prompt.count < limit else {
      throw Diagnostic(
        .impossibleSetting,
        "the prompt has \(Self.counted(prompt.count)), and the context of '\(model.name)' is \(limit): nothing "
          + "can follow it", at: cell.prompt.span, help: "shorten it to less than \(limit) tokens")
    }
    guard prompt.count + count <= limit else {
      throw Diagnostic(
        .impossibleSetting,
        "a prompt of \(Self.counted(prompt.count)) and \(count) more do not fit in the context of "
          + "\(limit) that '\(model.name)' has", at: cell.tokens.span,
        help: "give 'tokens' at most \(limit - prompt.count)")
    }
    var done = 0
    let report = context.progress
    do {
      let session = try GPT2Session(model, capacity: prompt.count + count)
      return try session.generate(
        after: prompt, count: count, by: cell.sampling, endingAt: model.endTokens(of: tokenizer)
      ) { _ in
        done += 1
        report(
          CellProgress(
            activity: "\(model.name) writes", completed: done, total: count, unit: "tokens"))
      }
    } catch let error as GPT2Error {
      throw Diagnostic(error.code(otherwise: .cellFailed), error.description, at: span)
    }
  }

  private static func counted(_ tokens: Int) -> String {
    tokens == 1 ? "1 token" : "\(tokens) tokens"
  }
}
