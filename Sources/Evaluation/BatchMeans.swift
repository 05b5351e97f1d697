/// The standard error of a mean of correlated values, from batches that hardly are.
struct BatchMeans {
  /// A batch's sum, and how many values it stands for.
  private var batches: [(sum: Double, weight: Double)]

  /// Fewer windows than this are cut into stretches of tokens.
  private static let fewestWindows = 10

  init(_ result: Perplexity.Result) {
    batches =
      result.windows.count >= Self.fewestWindows
      ? result.windows.map { ($0.weight * $0.nll, $0.weight) }
      : Self.stretches(result.losses.map { Double($0) })
  }

  /// Of the difference b - a between two results over the same windows.
  init(_ a: Perplexity.Result, _ b: Perplexity.Result) {
    if a.windows.count >= Self.fewestWindows {
      batches = zip(a.windows, b.windows).map { ($0.weight * ($1.nll - $0.nll), $0.weight) }
    } else {
      batches = Self.stretches(zip(a.losses, b.losses).map { Double($1) - Double($0) })
    }
  }

  private static func stretches(_ values: [Double]) -> [(sum: Double, weight: Double)] {
    let count = Int(Double(values.count).squareRoot())
    return (0..<count).map { index in
      let stretch = values[index * values.count / count..<(index + 1) * values.count / count]
      return (stretch.reduce(0, +), Double(stretch.count))
    }
  }

  /// How many batches there are.
  var count: Int { batches.count }

  /// How far each batch moves the mean: (S_k - m·w_k) / Σ w_k. They sum to 0; empty for fewer than
  /// two batches.
  var influences: [Double] {
    let weight = batches.reduce(0) { $0 + $1.weight }
    guard batches.count >= 2, weight > 0 else { return [] }
    let mean = batches.reduce(0) { $0 + $1.sum } / weight
    return batches.map { ($0.sum - mean * $0.weight) / weight }
  }

  /// √(K/(K-1) Σ (S_k - m·w_k)²) / Σ w_k for K batches of sum S and weight w, m = ΣS/Σw. NaN for
  /// fewer than two batches.
  var error: Double {
    let count = Double(batches.count)
    let weight = batches.reduce(0) { $0 + $1.weight }
    guard count >= 2, weight > 0 else { return .nan }
    let mean = batches.reduce(0) { $0 + $1.sum } / weight
    let squares = batches.reduce(0) { total, batch in
      let deviation = batch.sum - mean * batch.weight
      return total + deviation * deviation
    }
    return (count / (count - 1) * squares).squareRoot() / weight
  }
}
