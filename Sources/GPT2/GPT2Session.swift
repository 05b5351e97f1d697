import Kernels
import Quantization

/// Reads tokens with a model and gives the logits: a model, its key-value cache and work space.
///
/// Tokens are read in pieces of any length: a long piece is a prefill, a single token a step of
/// decoding. Work space grows to the largest call and stays.
public final class GPT2Session {
  /// An intermediate result, for observers.
  public struct Activation {
    /// Where it comes out, by Hugging Face's module names: `wte` (token plus position), then for
    /// each layer `h.0.ln_1`, `h.0.attn.c_attn`, `h.0.attn` (heads, before the projection),
    /// `h.0.attn.c_proj`, `h.0.ln_2`, `h.0.mlp.c_fc`, `h.0.mlp.act`, `h.0.mlp.c_proj` and `h.0` (the
    /// residual after the layer), at last `ln_f` and `lm_head`.
    public let component: String
    /// [rows, width]; valid during the call only.
    public let values: UnsafeBufferPointer<Float>
    public let rows: Int
    public let width: Int
  }

  public let model: GPT2Model
  /// Called with every intermediate result; for tests and for finding non-finite values.
  public var observer: ((Activation) -> Void)?
  /// Tokens of the last call of `read`.
  public private(set) var rows = 0

  /// Whether all of the model's matrices can be multiplied by.
  private var isPrepared = false
  let cache: KeyValueCache
  let workspace: GPT2Workspace

  /// - Parameter capacity: the most positions that will be read without a reset; the model's
  ///   context length unless given, and never more than that.
  /// - Throws: `GPT2Error.outOfMemory`.
  public init(_ model: GPT2Model, capacity: Int? = nil) throws(GPT2Error) {
    self.model = model
    let config = model.config
    do throws(OutOfMemory) {
      cache = try KeyValueCache(
        layers: config.layerCount, heads: config.headCount, headWidth: config.headWidth,
        capacity: max(1, min(capacity ?? config.contextLength, config.contextLength)))
      workspace = try GPT2Workspace(config)
    } catch { throw .outOfMemory(error) }
  }

  /// Positions that have been read.
  public var position: Int { cache.count }

  /// The most positions that can be read.
  public var capacity: Int { cache.capacity }

  /// Forgets all that was read.
  public func reset() { cache.reset() }

  /// Forgets what was read from `position` on.
  public func truncate(to position: Int) { cache.truncate(to: position) }

  /// Reads tokens that follow those read before.
  ///
  /// - Throws: `GPT2Error` for a token outside the vocabulary, or more tokens than there is room or
  ///   memory for; `CancellationError` between the products of a layer. Nothing has been read then.
  public func read(_ tokens: some Collection<Int32>) throws {
    let count = tokens.count
    guard position + count <= capacity else {
      throw GPT2Error.tooManyPositions(position + count, limit: capacity)
    }
    for (index, token) in tokens.enumerated()
    where token < 0 || Int(token) >= model.config.vocabularySize {
      throw GPT2Error.tokenOutOfRange(
        token, position: index, vocabularySize: model.config.vocabularySize)
    }
    rows = 0
    guard count > 0 else { return }
    if !isPrepared {
      try model.prepare()
      isPrepared = true
    }
    do throws(OutOfMemory) { try workspace.reserve(rows: count) } catch {
      throw GPT2Error.outOfMemory(error)
    }
    rows = count
    do throws(CancellationError) { try compute(model.transformer, of: tokens) } catch {
      rows = 0
      throw error
    }
    cache.advance(by: count)
  }

  /// The logits [rows.count, V] that follow some of the tokens of the last `read`, which are
  /// numbered from 0. Valid until the next call of this object.
  ///
  /// - Throws: `GPT2Error.outOfMemory`.
  public func logits(rows range: Range<Int>) throws(GPT2Error) -> UnsafeBufferPointer<Float> {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    let width = model.config.width
    let vocabulary = model.config.vocabularySize
    do throws(OutOfMemory) { try workspace.reserve(logits: range.count) } catch {
      throw .outOfMemory(error)
    }
    let logits = workspace.logits.prefix(range.count * vocabulary)
    model.head.multiply(
      UnsafeBufferPointer(
        rebasing: workspace.normalized[range.lowerBound * width..<range.upperBound * width]),
      tokens: range.count, bias: nil, into: UnsafeMutableBufferPointer(rebasing: logits))
    if let observer {
      observer(
        Activation(
          component: "lm_head", values: UnsafeBufferPointer(rebasing: logits), rows: range.count,
          width: vocabulary))
    }
    return UnsafeBufferPointer(rebasing: logits)
  }

  /// -ln softmax of the logits at `targets`, in nats, which follow some of the tokens of the last
  /// `read`; NaN or ∞ where logits are not finite. No logits are held, but for an observer.
  ///
  /// - Throws: `CancellationError` between parts of the rows; with an observer, as `logits(rows:)` does.
  public func negativeLogLikelihoods(
    rows range: Range<Int>, targets: [Int32]
  ) throws -> [Double] {
    precondition(range.lowerBound >= 0 && range.upperBound <= rows)
    precondition(range.count == targets.count)
    guard observer == nil else {
      return CrossEntropy.negativeLogLikelihoods(
        try logits(rows: range), vocabulary: model.config.vocabularySize,
        targets: targets.map(Int.init))
    }
    let width = model.config.width
    var losses: [Double] = []
    losses.reserveCapacity(range.count)
    for start in stride(from: 0, to: range.count, by: model.config.headRows) {
      if Task.isCancelled { throw CancellationError() }
      let part = start..<min(start + model.config.headRows, range.count)
      let first = (range.lowerBound + start) * width
      losses += model.head.negativeLogLikelihoods(
        UnsafeBufferPointer(rebasing: workspace.normalized[first..<first + part.count * width]),
        targets: Array(targets[part]))
    }
    return losses
  }
}

extension GPT2Config {
  /// Rows that go through the head between looks at whether the task was cancelled: 40 billion
  /// operations, in blocks of the kernels' 64 rows; for GPT-2 small the 512 that are usual.
  var headRows: Int {
    max(64, 20_000_000_000 / max(width * vocabularySize, 1) / 64 * 64)
  }
}
