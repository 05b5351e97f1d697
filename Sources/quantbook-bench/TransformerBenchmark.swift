import Kernels
import Quantization

/// What GPT-2 small computes beside its layers' products: attention, layer normalization, GELU, and
/// losses fused with the output head.
struct TransformerBenchmark {
  static let (layers, heads, headWidth, width) = (12, 12, 64, 768)
  static let (innerWidth, vocabulary, context) = (3072, 50257, 1024)

  let rounds: Int
  /// Measures only what holds this text.
  let only: String?

  func run(limits: MachineLimits) throws -> [Measurement] {
    try attention(limits) + activations(limits) + losses(limits)
  }

  /// Many tokens are bound by arithmetic. One token is bound by memory: each layer's keys and values
  /// are read in turn.
  private func attention(_ limits: MachineLimits) throws -> [Measurement] {
    let cache = try KeyValueCache(
      layers: Self.layers, heads: Self.heads, headWidth: Self.headWidth, capacity: Self.context)
    let qkv = numbers(Self.context * 3 * Self.width)
    var out = [Float](repeating: 0, count: Self.context * Self.width)
    func attend(_ tokens: Int) {
      qkv.withUnsafeBufferPointer { qkv in
        out.withUnsafeMutableBufferPointer { out in
          for layer in 0..<Self.layers {
            CausalAttention.apply(
              qkv, tokens: tokens, cache: cache, layer: layer, scale: 0.125, into: out)
          }
        }
      }
    }
    let prefill = [32, 128, 512, 1024].map { tokens in
      measure(
        "attention", "\(tokens) tokens",
        .operations(Double(2 * Self.width * tokens * (tokens + 1))),
        calls: Self.layers, limits
      ) { attend(tokens) }
    }
    cache.advance(by: Self.context)
    let decode = [1000, 128].map { past in
      cache.truncate(to: past)
      return measure(
        "attention", "1 token after \(past)", .bytes(Double(2 * Self.width * past * 4)),
        calls: Self.layers, limits
      ) { attend(1) }
    }
    return (prefill + decode.reversed()).compactMap { $0 }
  }

  /// Their operands are in the caches, so their rates may lie above that of memory.
  private func activations(_ limits: MachineLimits) -> [Measurement] {
    let tokens = 512
    let x = numbers(tokens * Self.width)
    let gain = [Float](repeating: 1, count: Self.width)
    var y = x
    let norm = measure(
      "layer norm", "\(tokens) × \(Self.width)", .bytes(Double(2 * x.count * 4)), limits
    ) {
      x.withUnsafeBufferPointer { x in
        gain.withUnsafeBufferPointer { gain in
          y.withUnsafeMutableBufferPointer { y in
            LayerNorm.apply(x, rows: tokens, gain: gain, bias: gain, epsilon: 1e-5, into: y)
          }
        }
      }
    }
    // In place: some rounds shrink small numbers, none so far that they are subnormal.
    var inner = numbers(tokens * Self.innerWidth)
    let gelu = measure(
      "GELU", "\(tokens) × \(Self.innerWidth)", .bytes(Double(2 * inner.count * 4)), limits
    ) {
      inner.withUnsafeMutableBufferPointer { ActivationFunction.geluTanh.apply(to: $0) }
    }
    return [norm, gelu].compactMap { $0 }
  }

  /// `negativeLogLikelihoods` of the output head in the formats that it is stored in.
  private func losses(_ limits: MachineLimits) throws -> [Measurement] {
    let tokens = 512
    let weights = numbers(Self.vocabulary * Self.width)
    let view = MatrixView(weights, rows: Self.vocabulary, columns: Self.width)
    let int8 = Int8Coding(granularity: .channel)
    let heads: [(String, any WeightMatrix)] = [
      ("float32", Float32Matrix(weights, rows: Self.vocabulary, columns: Self.width)),
      ("float16", try Float16Matrix(view)), ("int8", try Int8Matrix(view, coding: int8)),
      ("int8, compute int8", try Int8Matrix(view, coding: int8, compute: .int8)),
    ]
    let x = numbers(tokens * Self.width)
    let targets = (0..<tokens).map { Int32($0 * 97 % Self.vocabulary) }
    return heads.compactMap { format, head in
      measure(
        "cross entropy, head \(format)", "\(Self.vocabulary) × \(Self.width), \(tokens) tokens",
        .operations(2 * Double(tokens * weights.count)), limits
      ) {
        x.withUnsafeBufferPointer { _ = head.negativeLogLikelihoods($0, targets: targets) }
      }
    }
  }

  /// - Parameter calls: of the kernel in one `body`.
  private func measure(
    _ name: String, _ size: String, _ work: Measurement.Work, calls: Int = 1,
    _ limits: MachineLimits, _ body: () -> Void
  ) -> Measurement? {
    let label = "\(name), \(size)"
    guard only.map(label.contains) ?? true else { return nil }
    ProgressLine.show(label)
    limits.measure()
    let times = (0...rounds).map { _ in seconds(body) / Double(calls) }
    return Measurement(name, size, work, times: Array(times.dropFirst()))
  }

  /// Reproducible, in -1 ..< 1.
  private func numbers(_ count: Int) -> [Float] {
    (0..<count).map { Float(($0 &* 2_654_435_761) >> 8 & 0xFFFF) / 32768 - 1 }
  }
}
