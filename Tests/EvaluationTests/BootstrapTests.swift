import GPT2
import Testing

@testable import Evaluation

@Suite struct BootstrapTests {
  @Test func theSameSeedGivesTheSameInterval() {
    var synthetic = Synthetic(seed: 1)
    let (before, after) = synthetic.latencies(20, ratio: 0.9)
    let interval = Bootstrap.ratioOfMedians(before: before, after: after, seed: 5)
    #expect(interval == Bootstrap.ratioOfMedians(before: before, after: after, seed: 5))
    #expect(interval != Bootstrap.ratioOfMedians(before: before, after: after, seed: 6))
    #expect(interval.value == Statistics.median(after) / Statistics.median(before))
    #expect(interval.low <= interval.value && interval.value <= interval.high)
  }

  @Test(arguments: [6, 7, 20, 101])
  func theMedianOfADrawEqualsThatOfItsSortedSamples(_ count: Int) {
    // A level near 1 of few draws: the bounds are the extreme medians, found here by sorting.
    var synthetic = Synthetic(seed: UInt64(count))
    let samples = (0..<count).map { _ in synthetic.normal() }
    var generator = SplitMix64(seed: 3)
    let medians = (0..<50).map { _ in
      Statistics.median(samples.indices.map { _ in samples[generator.index(below: count)] })
    }
    let interval = Bootstrap.median(samples, level: 0.95, resamples: 50, seed: 3)
    #expect(interval.low == Statistics.quantile(medians, (1 - 0.95) / 2))
    #expect(interval.high == Statistics.quantile(medians, 1 - (1 - 0.95) / 2))
  }

  @Test func equalSamplesHaveAnIntervalOfNoWidth() {
    let interval = Bootstrap.median(Array(repeating: 4, count: 20))
    #expect(interval == Interval(value: 4, low: 4, high: 4))
  }

  @Test func tooFewOrBadSamplesHaveNoBounds() {
    for samples in [[], [1], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5, .nan]] as [[Double]] {
      let interval = Bootstrap.median(samples)
      #expect(interval.low.isNaN && interval.high.isNaN)
    }
    #expect(Bootstrap.median([1, 2, 3, 4, 5]).value == 3)
    #expect(!Bootstrap.median([1, 2, 3, 4, 5, 6]).low.isNaN)
    let zeros = Array(repeating: 0.0, count: 9)
    #expect(
      Verdict(ratio: Bootstrap.ratioOfMedians(before: zeros, after: zeros)) == .notDistinguishable)
  }

  @Test func theIntervalOfTheMedianCoversItAtTheStatedLevel() {
    var covered = 0
    for run in 0..<500 {
      var synthetic = Synthetic(seed: UInt64(run))
      let samples = (0..<20).map { _ in synthetic.normal() }
      let interval = Bootstrap.median(samples, resamples: 400)
      if interval.low <= 0, interval.high >= 0 { covered += 1 }
    }
    #expect((450...490).contains(covered), "\(covered) of 500")
  }

  @Test(arguments: [0.5, 1.0])
  func theIntervalOfTheRatioCoversItAtTheStatedLevel(_ ratio: Double) {
    var covered = 0
    for run in 0..<500 {
      var synthetic = Synthetic(seed: 1000 + UInt64(run))
      let (before, after) = synthetic.latencies(20, ratio: ratio)
      let interval = Bootstrap.ratioOfMedians(before: before, after: after, resamples: 400)
      if interval.low <= ratio, interval.high >= ratio { covered += 1 }
    }
    #expect((450...495).contains(covered), "\(covered) of 500")
  }
}
