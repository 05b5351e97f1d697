/// How far each batch of a sample moves a figure that was made from the sample.
///
/// Figures of the same sample are correlated, and what their influences have in common cancels when
/// one is taken from or divided by the other: the error of a computed figure is then that of paired
/// data (infinitesimal jackknife: Efron 1982, "The Jackknife, the Bootstrap and Other Resampling
/// Plans", chapter 6).
public struct Influence: Hashable, Sendable {
  /// What was sampled; influences can be joined only where this is the same.
  public let sample: String
  /// One a batch, in the figure's unit; their sum is 0.
  public let values: [Double]

  public init(sample: String, values: [Double]) {
    self.sample = sample
    self.values = values
  }

  /// √(K/(K-1) Σ v²) for K batches; nil for fewer than two.
  var error: Double? {
    guard values.count >= 2 else { return nil }
    let count = Double(values.count)
    return (count / (count - 1) * values.reduce(0) { $0 + $1 * $1 }).squareRoot()
  }

  func scaled(by factor: Double) -> Self {
    Self(sample: sample, values: values.map { $0 * factor })
  }

  /// nil where the two are not of one sample.
  func adding(_ other: Self) -> Self? {
    guard sample == other.sample, values.count == other.values.count else { return nil }
    return Self(sample: sample, values: zip(values, other.values).map { $0 + $1 })
  }
}

extension Number {
  /// Sets the error of a figure computed from `a` and `b`, by the delta method: what they have of
  /// one sample is paired, everything else taken for independent.
  ///
  /// - Parameter slopes: how fast the figure grows with `a` and with `b`.
  mutating func carryError(of a: Number, _ b: Number, slopes: (a: Double, b: Double)) {
    guard value.isFinite, slopes.a.isFinite, slopes.b.isFinite else { return }
    if let first = a.influence?.scaled(by: slopes.a),
      let second = b.influence?.scaled(by: slopes.b),
      let joined = first.adding(second)
    {
      influence = joined
      error = joined.error
      note = note.map { $0 + ", its error from paired windows" }
      return
    }
    let errors = [(a, slopes.a), (b, slopes.b)].compactMap { number, slope in
      number.error.map { $0 * slope }
    }
    guard !errors.isEmpty else { return }
    error = errors.reduce(0) { $0 + $1 * $1 }.squareRoot()
    if b.error == nil { influence = a.influence?.scaled(by: slopes.a) }
    if a.error == nil { influence = b.influence?.scaled(by: slopes.b) }
    note = note.map { $0 + ", its error by the delta method" }
  }
}
