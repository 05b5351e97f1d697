#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the next token is chosen from logits.
///
/// Reference: the logits warpers of transformers, in their order: temperature, top-k, top-p.
public struct Sampling: Hashable, Sendable {
  /// Logits are divided by it; 0 takes the most likely token, whatever else is set.
  public var temperature: Double
  /// Only this many of the most likely tokens are kept; all if nil.
  public var topK: Int?
  /// Only the most likely tokens are kept that together reach this probability; all if nil.
  public var topP: Double?
  /// Of the random numbers: equal seeds give equal tokens.
  public var seed: UInt64

  public init(
    temperature: Double = 0, topK: Int? = nil, topP: Double? = nil, seed: UInt64 = 0
  ) {
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.seed = seed
  }

  /// The most likely token each time.
  public static let greedy = Self()
}

/// Chooses one token after another.
struct TokenSampler {
  private let sampling: Sampling
  private var random: SplitMix64

  init(_ sampling: Sampling) {
    self.sampling = sampling
    random = SplitMix64(seed: sampling.seed)
  }

  /// The next token.
  ///
  /// - Parameter logits: [V], of which equals count as the lowest token first.
  /// - Returns: nil where a logit is NaN or +∞, after which no token is more likely than another.
  mutating func token(after logits: UnsafeBufferPointer<Float>) -> Int32? {
    var best = 0
    for index in logits.indices {
      guard logits[index] < .infinity else { return nil }
      if logits[index] > logits[best] { best = index }
    }
    guard sampling.temperature > 0 else { return Int32(best) }
    return sampled(from: kept(logits))
  }

  /// The tokens that may be chosen, the most likely first, with their weights: probabilities up to a
  /// common factor.
  private func kept(
    _ logits: UnsafeBufferPointer<Float>
  ) -> [(token: Int, weight: Double)] {
    // The most likely of equals is the lowest token, as a stable sort has it.
    var order = logits.indices.sorted {
      logits[$0] == logits[$1] ? $0 < $1 : logits[$0] > logits[$1]
    }
    if let topK = sampling.topK { order = Array(order.prefix(max(topK, 1))) }
    guard let first = order.first else { return [] }
    let largest = Double(logits[first])
    var kept = order.map { token in
      (token: token, weight: exp((Double(logits[token]) - largest) / sampling.temperature))
    }
    if let topP = sampling.topP {
      let total = kept.reduce(0) { $0 + $1.weight }
      var sum = 0.0
      // A token is kept while those before it do not reach the share.
      let count = kept.prefix { entry in
        defer { sum += entry.weight }
        return sum < topP * total
      }.count
      kept = Array(kept.prefix(max(count, 1)))
    }
    return kept
  }

  private mutating func sampled(from kept: [(token: Int, weight: Double)]) -> Int32? {
    let total = kept.reduce(0) { $0 + $1.weight }
    // 53 bits, as many as a Double of [0, 1) has.
    var rest = Double(random.next() >> 11) * 0x1p-53 * total
    for entry in kept {
      rest -= entry.weight
      if rest < 0 { return Int32(entry.token) }
    }
    return kept.last.map { Int32($0.token) }
  }
}
