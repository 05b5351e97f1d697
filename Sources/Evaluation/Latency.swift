public import GPT2
import Kernels

/// Wall time of the forward pass of a prompt, and of each token decoded after it.
///
/// The two models are timed in turn, pass by pass, so that a busy moment of the machine meets both.
/// Every session's memory is taken before the first timed pass. Counting starts when the times of
/// both models have settled: the medians of the last three passes and of the three before them
/// differ by less than 3 % (``warmup``, ``maximumWarmup``).
public struct Latency: Sendable {
  /// Tokens of the prompt.
  public var prompt: Int
  /// Tokens decoded after the prompt, one at a time; 0 for none.
  public var generate: Int
  /// The least number of passes of each model that are not counted.
  public var warmup: Int
  /// The greatest number of passes that are not counted, should the times not settle before; no
  /// fewer than `warmup`. 3 × warmup + 12 unless set.
  public var maximumWarmup: Int
  /// Counted passes of each model.
  public var repetitions: Int
  /// Whether the two are timed in turn; if not, all of one and then all of the other, as tools do that
  /// time one model at a time: a busy moment then meets one alone.
  public var interleaves = true

  public init(prompt: Int = 128, generate: Int = 0, warmup: Int = 3, repetitions: Int = 20) {
    self.prompt = prompt
    self.generate = generate
    self.warmup = warmup
    maximumWarmup = 3 * warmup + 12
    self.repetitions = repetitions
  }

  /// The width of a median's interval over the median, above which the machine was too noisy for
  /// the figure.
  public static let noisyShare = 0.1

  /// Samples of one quantity, in milliseconds.
  public struct Samples: Hashable, Sendable {
    public internal(set) var values: [Double] = []

    public var median: Double { Statistics.median(values) }
    /// The tenth percentile.
    public var low: Double { Statistics.quantile(values, 0.1) }
    /// The ninetieth percentile.
    public var high: Double { Statistics.quantile(values, 0.9) }
    /// The median and its 95 % interval by ``Bootstrap``; computed at each call.
    public var interval: Interval { Bootstrap.median(values) }
    /// Whether the interval is wider than ``Latency/noisyShare`` of the median.
    public var isNoisy: Bool {
      let interval = interval
      return interval.high - interval.low > Latency.noisyShare * interval.value
    }
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
    public internal(set) var before: Model
    public internal(set) var after: Model
    /// Passes of each model that were not counted.
    public internal(set) var warmup: Int
    /// Threads that the products ran on.
    public internal(set) var threads: Int

    /// Median prefill after over that before, with a 95 % interval by ``Bootstrap`` from pairs of
    /// passes; computed at each call.
    public var prefillRatio: Interval {
      Bootstrap.ratioOfMedians(before: before.prefill.values, after: after.prefill.values)
    }

    /// The same of the time per decoded token; nil where none was decoded.
    public var decodeRatio: Interval? {
      guard !after.decode.values.isEmpty else { return nil }
      return Bootstrap.ratioOfMedians(before: before.decode.values, after: after.decode.values)
    }
  }

  /// Times `before` and `after`, in turn unless ``interleaves`` says otherwise.
  ///
  /// - Throws: `EvaluationError.contextTooShort` where prompt and continuation do not fit;
  ///   `GPT2Error.outOfMemory`; `CancellationError` between passes and within them.
  public func measure(
    before: GPT2Model, after: GPT2Model, progress: ProgressHandler? = nil
  ) throws -> Result {
    for model in [before, after] { try check(context: model.config.contextLength) }
    let run = try LatencyRun(
      before: before, after: after,
      tokens: Self.tokens(prompt + generate, vocabularySize: before.config.vocabularySize),
      prompt: prompt)
    let passes = InterleavedPasses(
      warmup: warmup, maximumWarmup: maximumWarmup, repetitions: repetitions)
    let things = [{ try run.pass(run.before) }, { try run.pass(run.after) }]
    let outcomes = try (interleaves ? [things] : things.map { [$0] }).map { together in
      try passes.measure(together, whole: \.whole) { done, total in
        progress?(
          ProgressUpdate(activity: "latency", completed: done, total: total, unit: "passes"))
      }
    }
    let times = outcomes.flatMap(\.times)
    return Result(
      before: Model(times[0]), after: Model(times[1]), warmup: outcomes.map(\.warmup).max() ?? 0,
      threads: ThreadPool.threadCount)
  }

  /// Whether prompt and continuation fit in a model's context.
  public func check(context: Int) throws(EvaluationError) {
    guard prompt + generate <= context else {
      throw .contextTooShort(needed: prompt + generate, context: context)
    }
  }

  /// Tokens spread over the vocabulary. Which ones hardly matters for time; they are the same in
  /// every run, and the same for both models.
  static func tokens(_ count: Int, vocabularySize: Int) -> [Int32] {
    (0..<count).map { Int32(($0 * 7919 + 13) % vocabularySize) }
  }
}

extension Latency.Model {
  fileprivate init(_ times: [LatencyRun.Times]) {
    prefill = Latency.Samples(values: times.map(\.prefill))
    decode = Latency.Samples(values: times.compactMap(\.decode))
  }
}
