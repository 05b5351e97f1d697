#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import Kernels

extension Divergence {
  /// The predictions of two models, p of the base and q of the other, for one token.
  public struct Comparison: Hashable, Sendable {
    /// Σ p (ln p - ln q) over the vocabulary, in nats; only where ln p > -16, as in llama.cpp.
    public let divergence: Double
    /// -ln p and -ln q of the token that stands in the text, in nats.
    public let baseLoss: Double
    public let loss: Double
    /// Whether the likeliest token is the same.
    public let isSameTop: Bool

    /// q - p of the token that stands in the text.
    public var probabilityChange: Double { exp(-loss) - exp(-baseLoss) }

    init(
      _ base: UnsafeBufferPointer<Float>, _ baseSum: LogSumExp,
      _ other: UnsafeBufferPointer<Float>, _ otherSum: LogSumExp, target: Int
    ) {
      var sum = 0.0
      var baseTop = 0
      var top = 0
      for index in 0..<base.count {
        if base[index] > base[baseTop] { baseTop = index }
        if other[index] > other[top] { top = index }
        let logP = baseSum.logProbability(ofLogit: base[index])
        guard !(logP <= -16) else { continue }
        sum += exp(logP) * (logP - otherSum.logProbability(ofLogit: other[index]))
      }
      divergence = sum
      isSameTop = baseTop == top
      baseLoss = -baseSum.logProbability(ofLogit: base[target])
      loss = -otherSum.logProbability(ofLogit: other[target])
    }
  }

  /// A mean or another statistic, and its standard error.
  public struct Estimate: Hashable, Sendable {
    public let value: Double
    public let error: Double
  }

  /// Statistics over all compared tokens. Errors are llama.cpp's, which take tokens for independent.
  public struct Result: Hashable, Sendable {
    /// In the order of the text.
    public let comparisons: [Comparison]
    /// Mean Kullback-Leibler divergence, in nats.
    public let mean: Estimate
    /// Mean change of the probability of the token that stands in the text.
    public let meanProbabilityChange: Estimate
    /// Root of the mean square of that change.
    public let rootMeanSquareProbabilityChange: Estimate
    /// ln of the perplexity over that of the base, with the error of paired tokens.
    public let logPerplexityRatio: Estimate
    /// The divergences in ascending order.
    private let sorted: [Double]

    init(_ comparisons: [Comparison]) {
      self.comparisons = comparisons
      mean = Moments(comparisons, \.divergence).mean
      meanProbabilityChange = Moments(comparisons, \.probabilityChange).mean
      let squares = Moments(comparisons) { $0.probabilityChange * $0.probabilityChange }.mean
      let root = squares.value.squareRoot()
      rootMeanSquareProbabilityChange = Estimate(
        value: root, error: root > 0 ? 0.5 / root * squares.error : 0)
      logPerplexityRatio = Moments(comparisons) { $0.loss - $0.baseLoss }.mean
      sorted = comparisons.map(\.divergence).sorted()
    }

    public var tokens: Int { comparisons.count }

    /// The value below which a share of the divergences lies, between neighbours by straight line.
    public func quantile(_ share: Double) -> Double { Statistics.quantile(ofSorted: sorted, share) }

    public var median: Double { quantile(0.5) }

    /// Share of tokens for which both models have the same likeliest token.
    public var sameTop: Estimate {
      let count = Double(tokens)
      let share = Double(comparisons.count(where: \.isSameTop)) / count
      return Estimate(value: share, error: (share * (1 - share) / (count - 1)).squareRoot())
    }

    /// Perplexity over that of the base, with the error of paired tokens.
    public var perplexityRatio: Estimate {
      let logarithm = logPerplexityRatio
      let ratio = exp(logarithm.value)
      return Estimate(value: ratio, error: ratio * logarithm.error)
    }
  }
}

/// Mean and its standard error, √((mean(a²) - mean(a)²) / (N - 1)).
private struct Moments {
  let mean: Divergence.Estimate

  init(_ tokens: [Divergence.Comparison], _ value: (Divergence.Comparison) -> Double) {
    let count = Double(tokens.count)
    let mean = tokens.reduce(0) { $0 + value($1) } / count
    let variance =
      tokens.reduce(0) { sum, token in
        let deviation = value(token) - mean
        return sum + deviation * deviation
      } / count
    self.mean = Divergence.Estimate(value: mean, error: (variance / (count - 1)).squareRoot())
  }
}
