#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Two perplexities of the same text by the same definition, compared token by token.
///
/// What makes a passage hard for both models cancels, so the error of the ratio is far smaller than
/// the errors of the two perplexities would let one think.
public struct PairedPerplexity: Hashable, Sendable {
  /// Mean of the differences of negative log-likelihood, after less before, in nats.
  public let difference: Double
  /// Standard error of `difference`, from batches as in ``Perplexity/Result/nllError``; NaN where
  /// the results are not of the same windows.
  public let differenceError: Double

  /// How many batches `differenceError` comes from; 0 where it is NaN.
  public let batches: Int

  /// Perplexity after over perplexity before.
  public var ratio: Double { exp(difference) }
  /// Standard error of `ratio`, by the delta method.
  public var error: Double { ratio * differenceError }

  public init(before: Perplexity.Result, after: Perplexity.Result) {
    difference = after.nll - before.nll
    let isPaired =
      before.windows.map(\.targets) == after.windows.map(\.targets) && difference.isFinite
    let means = isPaired ? BatchMeans(before, after) : nil
    differenceError = means?.error ?? .nan
    batches = means?.count ?? 0
  }

  /// An interval of `ratio`, with NaN for bounds where the error is not known.
  ///
  /// It is that of `difference` by Student's t with `batches` - 1 degrees of freedom, exponentiated,
  /// so it is not symmetric about the ratio.
  /// - Parameter level: the probability of covering, between 0 and 1.
  public func interval(level: Double = 0.95) -> Interval {
    guard batches >= 2, differenceError.isFinite else { return .unbounded(ratio, level: level) }
    let t = StudentT(degreesOfFreedom: batches - 1).quantile(0.5 + level / 2)
    return Interval(
      value: ratio, low: exp(difference - t * differenceError),
      high: exp(difference + t * differenceError), level: level)
  }
}
