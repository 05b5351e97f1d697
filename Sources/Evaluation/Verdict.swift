/// What a ratio of after to before tells at the level of its interval: lower, higher, or neither.
///
/// The test is two-sided, of the ratio 1, and takes a side where the whole interval lies on it; at
/// level 0.95 it takes one by chance in about 5 % of cases. For latencies that is the paired
/// percentile bootstrap of the ratio of medians (``Bootstrap``), for perplexities the paired t test
/// of batch means (``PairedPerplexity/interval(level:)``).
public enum Verdict: String, Hashable, Sendable, CaseIterable {
  /// After is lower than before.
  case lower
  /// After is higher than before.
  case higher
  /// The interval holds 1, or its bounds are not known.
  case notDistinguishable

  public init(ratio: Interval) {
    if ratio.low <= ratio.high, ratio.high < 1 {
      self = .lower
    } else if ratio.low > 1, ratio.high >= ratio.low {
      self = .higher
    } else {  // A bound that is NaN is in no order.
      self = .notDistinguishable
    }
  }
}
