import Testing

@testable import Evaluation

@Suite struct VerdictTests {
  @Test func aSideIsTakenWhereTheWholeIntervalLiesOnIt() {
    func verdict(_ low: Double, _ high: Double) -> Verdict {
      Verdict(ratio: Interval(value: (low + high) / 2, low: low, high: high))
    }
    #expect(verdict(0.8, 0.99) == .lower)
    #expect(verdict(1.01, 1.2) == .higher)
    #expect(verdict(0.9, 1.1) == .notDistinguishable)
    #expect(verdict(0.9, 1) == .notDistinguishable)
    #expect(verdict(1, 1.1) == .notDistinguishable)
    #expect(verdict(.nan, .nan) == .notDistinguishable)
    #expect(verdict(.nan, 0.5) == .notDistinguishable)
  }

  @Test(arguments: [(0.9, Verdict.lower), (1.1, .higher)])
  func aClearDifferenceOfLatencyIsFound(_ ratio: Double, _ expected: Verdict) {
    for run in 0..<100 {
      var synthetic = Synthetic(seed: UInt64(run))
      let (before, after) = synthetic.latencies(20, ratio: ratio)
      #expect(Verdict(ratio: Bootstrap.ratioOfMedians(before: before, after: after)) == expected)
    }
  }

  @Test func equalLatenciesAreCalledSoAtTheStatedRate() {
    var equal = 0
    for run in 0..<500 {
      var synthetic = Synthetic(seed: 5000 + UInt64(run))
      let (before, after) = synthetic.latencies(20, ratio: 1)
      let interval = Bootstrap.ratioOfMedians(before: before, after: after, resamples: 400)
      if Verdict(ratio: interval) == .notDistinguishable { equal += 1 }
    }
    #expect((450...495).contains(equal), "\(equal) of 500")
  }

  @Test func pairedPerplexitiesTellASmallDifferenceThatUnpairedErrorsHide() {
    var synthetic = Synthetic(seed: 1)
    let before = synthetic.autoregressive(4000, correlation: 0.3).map { 3 + 2 * $0 }
    let after = before.map { $0 + 0.01 + 0.02 * synthetic.normal() }
    let results = (Perplexity.Result(before, window: 100), Perplexity.Result(after, window: 100))
    let paired = PairedPerplexity(before: results.0, after: results.1)
    #expect(Verdict(ratio: paired.interval()) == .higher)
    #expect(results.1.nll - results.0.nll < results.0.nllError)
  }
}
