import Foundation

/// Maps values to places along an axis, and says where its ticks stand.
struct AxisScale {
  struct Tick: Hashable {
    var value: Double
    var label: String
  }

  let range: ClosedRange<Double>
  let isLogarithmic: Bool
  let ticks: [Tick]

  /// A scale that holds all finite `values` (all positive ones, if logarithmic), with round ticks.
  ///
  /// - Parameter includesZero: whether a linear scale starts at zero, and a logarithmic one well below its
  ///   least value, as bars need.
  init(values: [Double], isLogarithmic: Bool, includesZero: Bool) {
    // Of the greatest numbers not even differences are finite.
    let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
      .map { isLogarithmic ? $0 : Swift.max(Swift.min($0, 1e300), -1e300) }
    self.isLogarithmic = isLogarithmic && !usable.isEmpty
    let low = usable.min() ?? 0
    let high = usable.max() ?? 1
    if self.isLogarithmic {
      (range, ticks) = Self.logarithmic(includesZero ? low * 0.75 : low, high)
    } else {
      (range, ticks) = Self.linear(
        includesZero ? Swift.min(low, 0) : low, includesZero ? Swift.max(high, 0) : high)
    }
  }

  /// Where `value` stands, from 0 to 1 within the range; nil where it cannot stand on this axis.
  func position(of value: Double) -> Double? {
    guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
    let transform: (Double) -> Double = isLogarithmic ? { log10($0) } : { $0 }
    let low = transform(range.lowerBound)
    let high = transform(range.upperBound)
    guard high > low else { return 0.5 }
    return Swift.max(Swift.min((transform(value) - low) / (high - low), 1), 0)
  }

  /// Four to nine ticks a step of 1, 2 or 5 times a power of ten apart.
  private static func linear(_ low: Double, _ high: Double) -> (ClosedRange<Double>, [Tick]) {
    var (low, high) = (low, high)
    let size = Swift.max(abs(low), abs(high))
    // Values that differ in their last digits alone are equal to a reader.
    if high - low <= size * 1e-12 || high - low < .leastNormalMagnitude * 1e10 {
      let margin = size < 1e-290 ? 1 : size * 0.1
      (low, high) = (low - margin, high + margin)
    }
    let rough = (high - low) / 5
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? power * 10
    let first = floor(low / step + 1e-9)
    let last = Swift.max(ceil(high / step - 1e-9), first + 1)
    let count = Int(Swift.min(last - first, 50))
    let values = (0...count).map { (first + Double($0)) * step }
    return (
      first * step...last * step, zip(values, linearLabels(values, step: step)).map(Tick.init)
    )
  }

  /// With the decimals that the step has, or with a power of ten where those would be long.
  private static func linearLabels(_ values: [Double], step: Double) -> [String] {
    let greatest = values.map(abs).max() ?? 0
    if step >= 1e-5, greatest < 1e7 {
      let decimals = Swift.max(0, Int(-floor(log10(step) + 1e-9)))
      return values.map { fixed($0, decimals: decimals) }
    }
    let exponent = Int(floor(log10(greatest) + 1e-9))
    let decimals = Swift.max(0, exponent - Int(floor(log10(step) + 1e-9)))
    return values.map { value in
      guard value != 0 else { return "0" }
      return fixed(value / pow(10, Double(exponent)), decimals: decimals) + " × "
        + power(of: exponent)
    }
  }

  /// From 1, 2 or 5 times a power of ten to another. Ticks are at powers of ten, every one or every
  /// few; within three decades also at 2 and 5 times them. Within one decade limits and ticks are closer,
  /// and values of at most three times the least have those of a linear axis.
  private static func logarithmic(_ low: Double, _ high: Double) -> (ClosedRange<Double>, [Tick]) {
    if low > 1e-280, high < 1e280, high <= low * 3 { return linear(low, high) }
    let steps = high <= low * 10 ? decadeSteps : steps
    let bottom = step(notAbove: low, among: steps)
    let top = step(notBelow: high, among: steps)
    let range = bottom...(top > bottom ? top : step(notBelow: top * 1.5, among: steps))
    let first = floor(log10(range.lowerBound) + 1e-9)
    let last = ceil(log10(range.upperBound) - 1e-9)
    let decades = Int(last - first)
    let isNarrow = range.upperBound <= range.lowerBound * 1000.001
    let stride = isNarrow ? 1 : (decades + 7) / 8
    let values = Swift.stride(from: 0, through: decades, by: stride).flatMap { decade -> [Double] in
      (isNarrow ? steps : [1]).map { $0 * pow(10, first + Double(decade)) }
    }
    let ticks = values.filter {
      $0.isFinite && $0 >= range.lowerBound * 0.9999 && $0 <= range.upperBound * 1.0001
    }
    return (range, ticks.map { Tick(value: $0, label: powerLabel($0)) })
  }

  private static let steps = [1.0, 2, 5]
  private static let decadeSteps = [1.0, 2, 3, 4, 5, 6, 8]

  /// The greatest of the steps times a power of ten that is at most `value`.
  private static func step(notAbove value: Double, among steps: [Double]) -> Double {
    let power = pow(10, floor(log10(value) + 1e-9))
    let step = power * (steps.last { $0 * power <= value * (1 + 1e-9) } ?? 1)
    return Swift.max(step, .leastNonzeroMagnitude)
  }

  /// The least of the steps times a power of ten that is at least `value`.
  private static func step(notBelow value: Double, among steps: [Double]) -> Double {
    let power = pow(10, floor(log10(value) + 1e-9))
    let step = power * (steps.first { $0 * power >= value * (1 - 1e-9) } ?? 10)
    return Swift.min(step, .greatestFiniteMagnitude)
  }

  private static func powerLabel(_ value: Double) -> String {
    if (0.001..<1_000_000).contains(value) {
      return fixed(value, decimals: value >= 1 ? 0 : Int(-floor(log10(value) + 1e-9)))
    }
    let exponent = Int(floor(log10(value) + 1e-9))
    let mantissa = Int((value / pow(10, Double(exponent))).rounded())
    let power = power(of: exponent)
    return mantissa == 1 ? power : "\(mantissa) × \(power)"
  }

  private static func power(of exponent: Int) -> String {
    "10" + String(String(exponent).map { superscripts[$0] ?? $0 })
  }

  /// A value in three significant digits, for where there is little room.
  static func brief(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "" }
    let exponent = Int(floor(log10(abs(value)) + 1e-9))
    guard (-3..<6).contains(exponent) else {
      return fixed(value / pow(10, Double(exponent)), decimals: 1) + " × " + power(of: exponent)
    }
    return fixed(value, decimals: Swift.max(2 - exponent, 0))
  }

  private static let superscripts: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
    "8": "⁸", "9": "⁹",
  ]

  static func fixed(_ value: Double, decimals: Int) -> String {
    let text = String(format: "%.\(Swift.min(decimals, 12))f", abs(value))
    let parts = text.split(separator: ".")
    var whole = ""
    for (index, digit) in parts[0].enumerated() {
      if index > 0, (parts[0].count - index) % 3 == 0 { whole.append(",") }
      whole.append(digit)
    }
    let sign = value < 0 && text.contains { ("1"..."9").contains($0) } ? "−" : ""
    return sign + whole + (parts.count > 1 ? "." + parts[1] : "")
  }
}
