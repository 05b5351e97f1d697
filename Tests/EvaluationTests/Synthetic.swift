import Foundation
import GPT2

@testable import Evaluation

/// Reproducible random series.
struct Synthetic {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// In 0 ..< 1.
  mutating func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }

  /// Normal with mean 0 and deviation 1 (Box and Muller).
  mutating func normal() -> Double {
    (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }

  /// Mean 0 and deviation 1; each value is correlated with the last by `correlation`.
  mutating func autoregressive(_ count: Int, correlation: Double) -> [Double] {
    let innovation = (1 - correlation * correlation).squareRoot()
    var value = normal()
    return (0..<count).map { _ in
      value = correlation * value + innovation * normal()
      return value
    }
  }

  /// Latencies of two models in turn: each pass by its own noise, and a pair by what the machine
  /// did then. The true ratio of medians is `ratio`.
  mutating func latencies(
    _ count: Int, ratio: Double
  ) -> (before: [Double], after: [Double]) {
    var before: [Double] = []
    var after: [Double] = []
    for _ in 0..<count {
      let machine = exp(0.05 * abs(normal()))
      before.append(10 * machine * exp(0.02 * normal()))
      after.append(10 * ratio * machine * exp(0.02 * normal()))
    }
    return (before, after)
  }
}

extension Perplexity.Result {
  /// A result as if `losses` had been measured in windows of `window` tokens.
  init(_ losses: [Double], window: Int) {
    self.init()
    for start in stride(from: 0, to: losses.count, by: window) {
      let targets = start..<min(start + window, losses.count)
      add(
        ScoredWindow(input: targets, targets: targets), Array(losses[targets]),
        weight: Double(targets.count))
    }
  }
}
