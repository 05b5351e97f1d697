import GPT2

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Percentile bootstrap intervals: the samples are drawn again with replacement, and the quantiles
/// of the statistic over all draws bound it. The same seed gives the same interval anywhere.
///
/// Samples are taken as independent of each other. Where there are so few that no interval of order
/// statistics has the level (six for 0.95), the bounds are NaN. Source: Efron and Tibshirani 1993,
/// "An Introduction to the Bootstrap", chapter 13; coverage by simulation in
/// `Tests/EvaluationTests/BootstrapTests.swift`.
public enum Bootstrap {
  /// The median, in the samples' unit.
  ///
  /// - Parameters:
  ///   - level: between 0 and 1.
  ///   - resamples: how often the samples are drawn again, at least 1.
  public static func median(
    _ samples: [Double], level: Double = 0.95, resamples: Int = 2000, seed: UInt64 = 0
  ) -> Interval {
    let ranked = RankedSamples(samples)
    var counts = ranked.noCounts
    return interval(
      value: Statistics.median(samples), count: samples.count, level: level, resamples: resamples,
      seed: seed
    ) { indices in
      ranked.median(indices, counts: &counts)
    }
  }

  /// The median of `after` over that of `before`.
  ///
  /// Sample i of both was taken in turn, so pairs are drawn together: what slows both cancels.
  /// - Parameters:
  ///   - level: between 0 and 1.
  ///   - resamples: how often the pairs are drawn again, at least 1.
  /// - Precondition: `before` and `after` have the same count.
  public static func ratioOfMedians(
    before: [Double], after: [Double], level: Double = 0.95, resamples: Int = 2000,
    seed: UInt64 = 0
  ) -> Interval {
    precondition(before.count == after.count)
    let ranked = (before: RankedSamples(before), after: RankedSamples(after))
    var counts = ranked.before.noCounts
    return interval(
      value: Statistics.median(after) / Statistics.median(before), count: before.count,
      level: level, resamples: resamples, seed: seed
    ) { indices in
      ranked.after.median(indices, counts: &counts) / ranked.before.median(indices, counts: &counts)
    }
  }

  /// - Parameter statistic: of the samples that were drawn, by their indices.
  private static func interval(
    value: Double, count: Int, level: Double, resamples: Int, seed: UInt64,
    statistic: ([Int]) -> Double
  ) -> Interval {
    precondition(level > 0 && level < 1)
    precondition(resamples >= 1)
    guard count >= fewestSamples(level: level), value.isFinite else {
      return .unbounded(value, level: level)
    }
    var generator = SplitMix64(seed: seed)
    var indices = Array(repeating: 0, count: count)
    var values: [Double] = []
    values.reserveCapacity(resamples)
    for _ in 0..<resamples {
      for place in indices.indices { indices[place] = generator.index(below: count) }
      values.append(statistic(indices))
    }
    guard values.allSatisfy(\.isFinite) else { return .unbounded(value, level: level) }
    values.sort()
    let tail = (1 - level) / 2
    return Interval(
      value: value, low: Statistics.quantile(ofSorted: values, tail),
      high: Statistics.quantile(ofSorted: values, 1 - tail), level: level)
  }

  /// The fewest samples that an interval of the level can be told from: the least and the greatest of n
  /// enclose the median with probability 1 - 2 / 2ⁿ.
  public static func fewestSamples(level: Double = 0.95) -> Int {
    Int(log2(2 / (1 - level)).rounded(.up))
  }
}

/// Samples whose draws have their median found by counting, without sorting each draw.
private struct RankedSamples {
  private let sorted: [Double]
  /// The place in `sorted` of each sample.
  private let ranks: [Int]

  init(_ samples: [Double]) {
    let order = samples.indices.sorted { samples[$0] < samples[$1] }
    sorted = order.map { samples[$0] }
    var ranks = Array(repeating: 0, count: samples.count)
    for (rank, index) in order.enumerated() { ranks[index] = rank }
    self.ranks = ranks
  }

  /// Room for counting, all 0.
  var noCounts: [Int] { Array(repeating: 0, count: sorted.count) }

  /// The median of the samples at `indices`, of which there are as many as samples.
  ///
  /// - Parameter counts: all 0 before and after.
  func median(_ indices: [Int], counts: inout [Int]) -> Double {
    for index in indices { counts[ranks[index]] += 1 }
    var below = 0
    var lower: Double?
    var median = Double.nan
    for (rank, count) in counts.enumerated() where count > 0 {
      below += count
      if lower == nil, below > (indices.count - 1) / 2 { lower = sorted[rank] }
      if below > indices.count / 2 {
        median = ((lower ?? sorted[rank]) + sorted[rank]) / 2
        break
      }
    }
    for index in indices { counts[ranks[index]] = 0 }
    return median
  }
}
