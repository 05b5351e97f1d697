#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Perplexity {
  /// A perplexity with its error, its cause where it is not finite, and what it was made from.
  public struct Result: Hashable, Sendable {
    /// The scored tokens of one window.
    public struct Window: Hashable, Sendable {
      /// Places of the scored tokens in the text.
      public let targets: Range<Int>
      /// Mean negative log-likelihood of these tokens, in nats.
      public let nll: Double
      /// What the mean counts: the number of tokens, one less or the like with `guide`.
      public let weight: Double

      public init(targets: Range<Int>, nll: Double, weight: Double) {
        self.targets = targets
        self.nll = nll
        self.weight = weight
      }
    }

    /// In the order of the text.
    public internal(set) var windows: [Window] = []
    /// Negative log-likelihoods of the scored tokens in nats, window after window.
    public internal(set) var losses: [Float] = []
    /// The first value that was not finite, where a loss is not.
    public internal(set) var nonFinite: NonFiniteValue?

    init() {}

    /// A result that was measured earlier.
    public init(windows: [Window], losses: [Float], nonFinite: NonFiniteValue?) {
      self.windows = windows
      self.losses = losses
      self.nonFinite = nonFinite
    }

    /// Tokens that the mean is taken over.
    public var tokens: Int { Int(windows.reduce(0) { $0 + $1.weight }) }

    /// Mean negative log-likelihood of a token, in nats.
    public var nll: Double {
      let weight = windows.reduce(0) { $0 + $1.weight }
      return weight > 0 ? windows.reduce(0) { $0 + $1.weight * $1.nll } / weight : .nan
    }

    /// The perplexity, exp(nll): ∞ where Double cannot hold it, NaN where it is undefined.
    public var value: Double { exp(nll) }

    /// Standard error of `value`, by the delta method: value times the error of `nll`.
    public var error: Double { value * nllError }

    /// Standard error of `nll`.
    ///
    /// Losses of one window are correlated, so whole batches are compared: the windows, or, where
    /// there are fewer than ten, stretches of consecutive tokens, about as many as the root of their
    /// number. The batches differ in length, hence the error of a ratio of two means (Cochran 1977,
    /// "Sampling Techniques", section 6.4).
    public var nllError: Double { BatchMeans(self).error }

    /// How far each batch of ``nllError`` moves `nll`; √(K/(K-1) Σ v²) is its error. Empty where
    /// there are too few, or where they are not finite.
    public var nllInfluences: [Double] {
      let influences = BatchMeans(self).influences
      return influences.allSatisfy(\.isFinite) ? influences : []
    }

    /// Why `value` is not finite, for a reader; nil where it is.
    public var cause: String? {
      if let nonFinite { return nonFinite.description }
      guard value == .infinity else { return nil }
      return "the mean negative log-likelihood is \(Self.text(ofNats: nll)) nats, and above 709.78 "
        + "its exponential exceeds what a Double holds"
    }

    /// To a tenth, thousands separated by commas as in other figures of a report.
    private static func text(ofNats nats: Double) -> String {
      guard abs(nats) < 1e15 else { return "\(nats)" }
      let parts = "\((nats * 10).rounded() / 10)".split(separator: ".")
      let digits = parts[0].count
      let whole = parts[0].enumerated().reduce(into: "") { text, digit in
        if digit.offset > 0, (digits - digit.offset) % 3 == 0 { text += "," }
        text.append(digit.element)
      }
      return ([whole] + parts.dropFirst().map(String.init)).joined(separator: ".")
    }

    mutating func add(_ scored: ScoredWindow, _ newLosses: [Double], weight: Double) {
      guard !newLosses.isEmpty, weight > 0 else { return }
      let mean = newLosses.reduce(0, +) / Double(newLosses.count)
      windows.append(Window(targets: scored.targets, nll: mean, weight: weight))
      losses += newLosses.map { Float($0) }
    }
  }
}
