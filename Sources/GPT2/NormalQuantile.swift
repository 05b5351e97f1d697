#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The x at which the standard normal distribution function is `probability`, in 0.5 ..< 1.
///
/// Newton's method on `erfc`, which converges from x = 0 since the function is concave there.
func normalQuantile(_ probability: Double) -> Double {
  let tail = 1 - probability
  var x = 0.0
  for _ in 0..<100 {
    let density = exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    let step = (erfc(x / 2.0.squareRoot()) / 2 - tail) / density
    x += step
    if abs(step) < 1e-15 { break }
  }
  return x
}
