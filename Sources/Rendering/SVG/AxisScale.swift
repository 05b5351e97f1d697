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
  /// - Parameter includesZero: whether a linear scale starts at zero, as bars need.
  init(values: [Double], isLogarithmic: Bool, includesZero: Bool) {
    let usable = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
    self.isLogarithmic = isLogarithmic && !usable.isEmpty
    let low = usable.min() ?? 0
    let high = usable.max() ?? 1
    if self.isLogarithmic {
      (range, ticks) = Self.logarithmic(low, high)
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
    return high > low ? (transform(value) - low) / (high - low) : 0.5
  }

  /// Four to nine ticks a step of 1, 2 or 5 times a power of ten apart.
  private static func linear(_ low: Double, _ high: Double) -> (ClosedRange<Double>, [Tick]) {
    var (low, high) = (low, high)
    if high <= low {
      let margin = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (low - margin, high + margin)
    }
    let rough = (high - low) / 5
    let power = pow(10, floor(log10(rough)))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= rough * 0.999 } ?? power * 10
    let first = floor(low / step + 1e-9)
    let last = ceil(high / step - 1e-9)
    let count = Int(Swift.min(last - first, 50))
    let decimals = Swift.max(0, Int(-floor(log10(step) + 1e-9)))
    let ticks = (0...Swift.max(count, 1)).map { index -> Tick in
      let value = (first + Double(index)) * step
      return Tick(value: value, label: label(value, decimals: decimals))
    }
    return (first * step...Swift.max(last, first + 1) * step, ticks)
  }

  /// From 1, 2 or 5 times a power of ten to another. Ticks are at powers of ten, every one or every
  /// few; within three decades also at 2 and 5 times them.
  private static func logarithmic(_ low: Double, _ high: Double) -> (ClosedRange<Double>, [Tick]) {
    let bottom = step(notAbove: low)
    let top = step(notBelow: high)
    let range = bottom...(top > bottom ? top : step(notBelow: top * 1.5))
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

  /// The greatest of 1, 2 and 5 times a power of ten that is at most `value`.
  private static func step(notAbove value: Double) -> Double {
    let power = pow(10, floor(log10(value) + 1e-9))
    let step = power * (steps.last { $0 * power <= value * (1 + 1e-9) } ?? 1)
    return Swift.max(step, .leastNonzeroMagnitude)
  }

  /// The least of 1, 2 and 5 times a power of ten that is at least `value`.
  private static func step(notBelow value: Double) -> Double {
    let power = pow(10, floor(log10(value) + 1e-9))
    let step = power * (steps.first { $0 * power >= value * (1 - 1e-9) } ?? 10)
    return Swift.min(step, .greatestFiniteMagnitude)
  }

  private static func powerLabel(_ value: Double) -> String {
    if (0.001..<1_000_000).contains(value) {
      return label(value, decimals: value >= 1 ? 0 : Int(-floor(log10(value) + 1e-9)))
    }
    let exponent = Int(floor(log10(value) + 1e-9))
    let mantissa = Int((value / pow(10, Double(exponent))).rounded())
    let power = "10" + String(String(exponent).map { superscripts[$0] ?? $0 })
    return mantissa == 1 ? power : "\(mantissa)·\(power)"
  }

  private static let superscripts: [Character: Character] = [
    "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
    "8": "⁸", "9": "⁹",
  ]

  private static func label(_ value: Double, decimals: Int) -> String {
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
