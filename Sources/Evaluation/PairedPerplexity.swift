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

  /// Perplexity after over perplexity before.
  public var ratio: Double { exp(difference) }
  /// Standard error of `ratio`, by the delta method.
  public var error: Double { ratio * differenceError }

  public init(before: Perplexity.Result, after: Perplexity.Result) {
    difference = after.nll - before.nll
    let isPaired =
      before.windows.map(\.targets) == after.windows.map(\.targets) && difference.isFinite
    differenceError = isPaired ? BatchMeans(before, after).error : .nan
  }
}
