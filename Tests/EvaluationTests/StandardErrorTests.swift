import Foundation
import Testing

@testable import Evaluation

/// Whether the errors of correlated losses are as large as they say, by simulation.
@Suite struct StandardErrorTests {
  private static let mean = 3.0

  /// Windows of tokens: many, and fewer than ten, where stretches of tokens are the batches.
  @Test(arguments: [(40, 50), (4, 600)], [0, 0.3, 0.6])
  func theIntervalOfTheLossCoversItsMean(
    _ windows: (count: Int, tokens: Int), _ correlation: Double
  ) {
    var covered = 0
    for run in 0..<500 {
      var synthetic = Synthetic(seed: UInt64(run))
      let losses = synthetic.autoregressive(
        windows.count * windows.tokens, correlation: correlation)
      let result = Perplexity.Result(losses.map { Self.mean + $0 }, window: windows.tokens)
      if abs(result.nll - Self.mean) <= 1.96 * result.nllError { covered += 1 }
    }
    #expect((450...490).contains(covered), "\(covered) of 500")
  }

  @Test(arguments: [(40, 50), (4, 600), (12, 100)])
  func thePairedIntervalCoversTheRatio(_ windows: (count: Int, tokens: Int)) {
    let difference = 0.05
    var covered = 0
    for run in 0..<500 {
      var synthetic = Synthetic(seed: 9000 + UInt64(run))
      let count = windows.count * windows.tokens
      let before = synthetic.autoregressive(count, correlation: 0.5).map { Self.mean + $0 }
      let noise = synthetic.autoregressive(count, correlation: 0.3)
      let after = zip(before, noise).map { $0 + difference + 0.1 * $1 }
      let interval = PairedPerplexity(
        before: Perplexity.Result(before, window: windows.tokens),
        after: Perplexity.Result(after, window: windows.tokens)
      ).interval()
      if interval.low <= exp(difference), interval.high >= exp(difference) { covered += 1 }
    }
    #expect((450...490).contains(covered), "\(covered) of 500")
  }

  @Test func anErrorThatTakesTokensForIndependentWouldBeTooSmall() {
    // The reason for batches: with correlation 0.6 it is half of what it should be.
    var synthetic = Synthetic(seed: 2)
    let losses = synthetic.autoregressive(20_000, correlation: 0.6).map { Self.mean + $0 }
    let result = Perplexity.Result(losses, window: 500)
    #expect(result.nllError > 1.5 / Double(losses.count).squareRoot())
  }

  @Test func resultsOfDifferentWindowsHaveNoBounds() {
    let a = Perplexity.Result(Array(repeating: 3, count: 400), window: 20)
    let b = Perplexity.Result(Array(repeating: 3, count: 400), window: 40)
    let interval = PairedPerplexity(before: a, after: b).interval()
    #expect(interval.value == 1)
    #expect(interval.low.isNaN && interval.high.isNaN)
    #expect(Verdict(ratio: interval) == .notDistinguishable)
  }

  /// Tables of the distribution; scipy.stats.t.ppf.
  @Test(arguments: [
    (1, 12.706204736432095), (2, 4.302652729911275), (3, 3.182446305284263),
    (5, 2.570581835636314), (10, 2.2281388519649385), (29, 2.045229642132703),
    (100, 1.983971518449634), (1_000_000, 1.959966),
  ])
  func quantilesOfStudentsT(_ degrees: Int, _ expected: Double) {
    #expect(abs(StudentT(degreesOfFreedom: degrees).quantile(0.975) / expected - 1) < 2e-5)
    if degrees < 1000 {
      #expect(abs(StudentT(degreesOfFreedom: degrees).quantile(0.975) / expected - 1) < 1e-9)
    }
    #expect(StudentT(degreesOfFreedom: degrees).quantile(0.5) < 1e-12)
  }
}
