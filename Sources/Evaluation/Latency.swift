public import GPT2

/// Wall time of the forward pass of a prompt, and of each token decoded after it.
///
/// The two models are timed in turn, pass by pass, so that a busy moment of the machine meets both.
/// Every session's memory is taken before the first timed pass.
public struct Latency: Sendable {
  /// Tokens of the prompt.
  public var prompt: Int
  /// Tokens decoded after the prompt, one at a time; 0 for none.
  public var generate: Int
  /// Passes of each model that are not counted.
  public var warmup: Int
  /// Counted passes of each model.
  public var repetitions: Int

  public init(prompt: Int = 128, generate: Int = 0, warmup: Int = 3, repetitions: Int = 20) {
    self.prompt = prompt
    self.generate = generate
    self.warmup = warmup
    self.repetitions = repetitions
  }

  /// Samples of one quantity, in milliseconds.
  public struct Samples: Hashable, Sendable {
    public internal(set) var values: [Double] = []

    public var median: Double { Statistics.median(values) }
    /// The tenth percentile.
    public var low: Double { Statistics.quantile(values, 0.1) }
    /// The ninetieth percentile.
    public var high: Double { Statistics.quantile(values, 0.9) }
  }

  /// The samples of one model.
  public struct Model: Hashable, Sendable {
    /// Forward passes of the prompt, the logits of its last token included.
    public internal(set) var prefill = Samples()
    /// Time per decoded token, one sample a pass; empty where none are decoded.
    public internal(set) var decode = Samples()
  }

  /// Samples of both models, taken in turn.
  public struct Result: Hashable, Sendable {
    public internal(set) var before = Model()
    public internal(set) var after = Model()
  }

  /// Times `before` and `after` in turn.
  ///
  /// - Throws: `EvaluationError.contextTooShort` where prompt and continuation do not fit;
  ///   `CancellationError` between passes.
  public func measure(
    before: GPT2Model, after: GPT2Model, progress: ProgressHandler? = nil
  ) throws -> Result {
    let needed = prompt + generate
    for model in [before, after] where needed > model.config.contextLength {
      throw EvaluationError.contextTooShort(
        needed: needed, context: model.config.contextLength)
    }
    let sessions = [GPT2Session(before, capacity: needed), GPT2Session(after, capacity: needed)]
    let tokens = Self.tokens(prompt + generate, vocabularySize: before.config.vocabularySize)
    var models = [Model(), Model()]
    for index in models.indices {
      models[index].prefill.values.reserveCapacity(repetitions)
      models[index].decode.values.reserveCapacity(repetitions)
    }
    for pass in -warmup..<repetitions {
      try Task.checkCancellation()
      for (index, session) in sessions.enumerated() {
        let (prefill, decode) = try time(session, tokens)
        guard pass >= 0 else { continue }
        models[index].prefill.values.append(prefill)
        if let decode { models[index].decode.values.append(decode) }
      }
      progress?(
        ProgressUpdate(
          activity: "latency", completed: pass + warmup + 1, total: warmup + repetitions,
          unit: "passes"))
    }
    return Result(before: models[0], after: models[1])
  }

  /// Milliseconds of one pass over the prompt, and per token after it.
  private func time(
    _ session: GPT2Session, _ tokens: [Int32]
  ) throws(GPT2Error) -> (prefill: Double, decode: Double?) {
    let clock = ContinuousClock()
    session.reset()
    let start = clock.now
    try session.read(tokens[..<prompt])
    _ = session.logits(rows: prompt - 1..<prompt)
    let middle = clock.now
    let prefill = (middle - start) / .milliseconds(1)
    guard generate > 0 else { return (prefill, nil) }
    for position in prompt..<prompt + generate {
      try session.read(CollectionOfOne(tokens[position]))
      _ = session.logits(rows: 0..<1)
    }
    return (prefill, (clock.now - middle) / .milliseconds(1) / Double(generate))
  }

  /// Tokens spread over the vocabulary. Which ones hardly matters for time; they are the same in
  /// every run, and the same for both models.
  static func tokens(_ count: Int, vocabularySize: Int) -> [Int32] {
    (0..<count).map { Int32(($0 * 7919 + 13) % vocabularySize) }
  }
}
