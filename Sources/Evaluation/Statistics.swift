/// Summaries of samples.
public enum Statistics {
  public static func mean(_ samples: [Double]) -> Double {
    samples.isEmpty ? .nan : samples.reduce(0, +) / Double(samples.count)
  }

  /// The value below which a share of the samples lies, between neighbours by straight line
  /// (definition 7 of Hyndman and Fan 1996, the default of NumPy and R).
  ///
  /// - Parameter share: from 0 to 1.
  public static func quantile(_ samples: [Double], _ share: Double) -> Double {
    quantile(ofSorted: samples.sorted(), share)
  }

  /// As ``quantile(_:_:)``, of samples in ascending order.
  static func quantile(ofSorted sorted: [Double], _ share: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
  }

  public static func median(_ samples: [Double]) -> Double { quantile(samples, 0.5) }
}
