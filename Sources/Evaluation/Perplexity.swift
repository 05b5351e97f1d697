public import GPT2
import Kernels

/// Perplexity of a text: the exponential of the mean negative log-likelihood of its tokens.
///
/// All sums are in Double. Only scored positions go through the head, and their logits are not held, so
/// memory does not grow with the text.
public struct Perplexity: Hashable, Sendable {
  /// Which tokens are scored from which context.
  public enum Definition: Hashable, Sendable {
    /// Hugging Face's: windows that begin every `stride` tokens, every token scored once.
    case stride
    /// llama.cpp's: disjoint windows, the second half of each scored.
    case halfWindow
    /// lm-evaluation-harness's: every token scored once, the first from `prefix`, which is
    /// `<|endoftext|>` for GPT-2.
    case rolling(prefix: Int32)
  }

  /// How the windows of `stride` are put together.
  public enum Weighting: String, Hashable, Sendable, CaseIterable {
    /// Every scored token counts once.
    case token
    /// As Hugging Face's guide has it: the mean of a window that scores t tokens or has lost one
    /// counts t - 1. It differs in the fourth digit.
    case guide
  }

  public var definition: Definition
  /// Tokens that the model reads at a time.
  public var window: Int
  /// Tokens between the starts of two windows; only for `stride`.
  public var stride: Int
  /// Only for `stride`.
  public var weighting: Weighting

  public init(
    window: Int = 1024, stride: Int = 512, definition: Definition = .stride,
    weighting: Weighting = .token
  ) {
    self.definition = definition
    self.window = window
    self.stride = stride
    self.weighting = weighting
  }

  /// Measures the perplexity of `tokens`.
  ///
  /// A result that is not finite is a result, with its cause; measuring stops at the first window
  /// with a loss that is not finite.
  /// - Throws: `EvaluationError` for a window, stride or text that do not go together, `GPT2Error`
  ///   for a token outside the vocabulary or no memory, `MemoryLack` before anything is read, `CancellationError` soon after the task was cancelled.
  public func measure(
    _ model: GPT2Model, tokens: [Int32], progress: ProgressHandler? = nil
  ) throws -> Result {
    try check(context: model.config.contextLength, tokens: tokens.count)
    let windows = windows(tokens.count)
    try MemoryNeed.reading([model], tokens: window).check()
    let session = try GPT2Session(model, capacity: window)
    var result = Result()
    result.losses.reserveCapacity(windows.last?.targets.upperBound ?? 0)
    for (index, scored) in windows.enumerated() {
      try Task.checkCancellation()
      let losses = try scored.losses(session, tokens)
      result.add(scored, losses, weight: weight(scored, after: windows[..<index].last))
      guard losses.allSatisfy(\.isFinite) else {
        result.nonFinite = try NonFiniteValue.find(in: session, scored, tokens, window: index)
        break
      }
      progress?(
        ProgressUpdate(
          activity: "perplexity", completed: index + 1, total: windows.count, unit: "windows"))
    }
    return result
  }

  /// Whether a model with this context can read a text of so many tokens as the definition says.
  public func check(context: Int, tokens: Int) throws(EvaluationError) {
    guard window <= context else {
      throw EvaluationError.windowTooLong(window: window, context: context)
    }
    guard window >= 2 else { throw EvaluationError.invalidStride(stride: stride, window: window) }
    let needed: Int
    switch definition {
    case .stride:
      guard (1...window).contains(stride) else {
        throw EvaluationError.invalidStride(stride: stride, window: window)
      }
      needed = window
    case .halfWindow:
      guard window >= 4 else { throw EvaluationError.invalidStride(stride: stride, window: window) }
      needed = 2 * window
    case .rolling: needed = 1
    }
    guard tokens >= needed else {
      throw EvaluationError.corpusTooShort(tokens: tokens, needed: needed)
    }
  }

  /// How much the mean of a window counts: its number of targets, or the guide's t - 1, t being the
  /// tokens that the window before has not read.
  private func weight(_ scored: ScoredWindow, after last: ScoredWindow?) -> Double {
    guard definition == .stride, weighting == .guide else { return Double(scored.targets.count) }
    return Double(scored.input.upperBound - (last?.input.upperBound ?? 0) - 1)
  }
}

extension ScoredWindow {
  /// Rows that go through the head at once.
  private static let tileRows = 64

  /// The targets, as many at a time as go through the head at once.
  var tiles: [Range<Int>] {
    stride(from: targets.lowerBound, to: targets.upperBound, by: Self.tileRows).map {
      $0..<min($0 + Self.tileRows, targets.upperBound)
    }
  }

  /// Reads the window from an empty context.
  func read(_ session: GPT2Session, _ tokens: [Int32]) throws {
    let vocabulary = session.model.config.vocabularySize
    for target in targets where tokens[target] < 0 || Int(tokens[target]) >= vocabulary {
      throw GPT2Error.tokenOutOfRange(tokens[target], position: target, vocabularySize: vocabulary)
    }
    session.reset()
    if let prefix {
      try session.read([prefix] + tokens[input])
    } else {
      try session.read(tokens[input])
    }
  }

  /// Negative log-likelihoods of the targets, in nats.
  func losses(_ session: GPT2Session, _ tokens: [Int32]) throws -> [Double] {
    try read(session, tokens)
    // An observer sees logits, a few at a time.
    guard session.observer == nil else {
      return try tiles.flatMap { try losses(session, tokens, of: $0) }
    }
    return try losses(session, tokens, of: targets)
  }

  private func losses(
    _ session: GPT2Session, _ tokens: [Int32], of targets: Range<Int>
  ) throws -> [Double] {
    let first = row(ofTarget: targets.lowerBound)
    return try session.negativeLogLikelihoods(
      rows: first..<first + targets.count, targets: Array(tokens[targets]))
  }
}
