public import GPT2
import Kernels

/// How the cost of a forward pass grows: the wall time of prompts of several lengths, and of one
/// token decoded after contexts of several lengths.
///
/// A model and what was made from it are timed in turn at each length (``Latency`` says why). Times
/// settle at the shortest prompt and at the longest context; at each other length one pass, which
/// takes its memory, is not counted.
public struct Growth: Sendable {
  /// Tokens of the prompts, ascending, each at least 1.
  public var prompts: [Int]
  /// Tokens before the one that is decoded, ascending, each at least 0.
  public var contexts: [Int]
  /// Counted passes of each model at each length.
  public var repetitions: Int

  public init(prompts: [Int], contexts: [Int], repetitions: Int = 5) {
    self.prompts = prompts
    self.contexts = contexts
    self.repetitions = repetitions
  }

  /// Times at one length.
  public struct Point: Hashable, Sendable {
    /// Tokens of the prompt, or those before the decoded one.
    public let tokens: Int
    /// Of the pass, the logits of its last token included, in milliseconds.
    public let before: Latency.Samples
    /// nil where a model was measured alone.
    public let after: Latency.Samples?

    /// Median after over median before, with a 95 % interval by ``Bootstrap`` from pairs of passes;
    /// computed at each call.
    public var ratio: Interval? {
      after.map { Bootstrap.ratioOfMedians(before: before.values, after: $0.values) }
    }
  }

  public struct Result: Hashable, Sendable {
    /// One point for each of ``Growth/prompts``.
    public internal(set) var prefill: [Point] = []
    /// One point for each of ``Growth/contexts``.
    public internal(set) var decode: [Point] = []
    /// Threads that the products ran on.
    public let threads: Int
  }

  /// Tokens of context that the longest length takes.
  private var needed: Int { max(prompts.last ?? 0, (contexts.last ?? 0) + 1) }

  /// Whether every length fits in a model's context.
  public func check(context: Int) throws(EvaluationError) {
    guard needed <= context else { throw .contextTooShort(needed: needed, context: context) }
  }

  /// Times `before` and `after` in turn, or `before` alone.
  ///
  /// - Precondition: prompts and contexts ascend, from at least 1 and 0.
  /// - Throws: `EvaluationError.contextTooShort` where a prompt, or a context and a token, do not
  ///   fit; `GPT2Error.outOfMemory`; `CancellationError` between passes and within them.
  public func measure(
    before: GPT2Model, after: GPT2Model? = nil, progress: ProgressHandler? = nil
  ) throws -> Result {
    precondition(prompts.first ?? 1 >= 1 && zip(prompts, prompts.dropFirst()).allSatisfy(<))
    precondition(contexts.first ?? 0 >= 0 && zip(contexts, contexts.dropFirst()).allSatisfy(<))
    let models = [before] + [after].compactMap(\.self)
    for model in models { try check(context: model.config.contextLength) }
    var run = try GrowthRun(
      models, tokens: Latency.tokens(needed, vocabularySize: before.config.vocabularySize),
      lengths: prompts.count + contexts.count, repetitions: repetitions, progress: progress)
    var result = Result(threads: ThreadPool.threadCount)
    for (index, length) in prompts.enumerated() {
      result.prefill.append(try run.prefill(length, settles: index == 0))
    }
    // From the longest on: the last prompt has filled the caches for all that are shorter.
    for (index, context) in contexts.reversed().enumerated() {
      result.decode.insert(try run.decode(after: context, settles: index == 0), at: 0)
    }
    return result
  }
}
