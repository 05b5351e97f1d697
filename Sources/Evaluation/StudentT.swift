#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Student's t distribution with a whole number of degrees of freedom, at least 1.
struct StudentT {
  private let degrees: Int

  /// Beyond 100,000 degrees all are alike to five digits, and taken for 100,000.
  init(degreesOfFreedom: Int) {
    precondition(degreesOfFreedom >= 1)
    degrees = min(degreesOfFreedom, 100_000)
  }

  /// P(|T| ≤ t) for t ≥ 0, as a finite sum of powers of cos θ, θ = atan(t / √ν).
  /// Source: Abramowitz and Stegun 1964, 26.7.3 and 26.7.4.
  func central(_ t: Double) -> Double {
    let angle = atan(t / Double(degrees).squareRoot())
    let cosine = cos(angle)
    let isOdd = degrees % 2 == 1
    var term = isOdd ? cosine : 1
    var sum = degrees == 1 ? 0 : term
    for factor in stride(from: isOdd ? 2 : 1, to: degrees - 2, by: 2) {
      term *= cosine * cosine * Double(factor) / Double(factor + 1)
      sum += term
    }
    return isOdd ? 2 / Double.pi * (angle + sin(angle) * sum) : sin(angle) * sum
  }

  /// The value t with P(T ≤ t) = `probability`, by halving; to about 1e-12 of itself.
  ///
  /// - Parameter probability: from 0.5 on, below 1.
  func quantile(_ probability: Double) -> Double {
    precondition(probability >= 0.5 && probability < 1)
    let share = 2 * probability - 1
    var low = 0.0
    var high = 1.0
    while central(high) < share, high < 1e15 { high *= 2 }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if central(middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}
