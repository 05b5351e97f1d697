import Foundation

/// How numbers are written in reports: thousands separated by commas, `∞` and `undefined` by name.
enum NumberFormatting {
  /// `value` with `digits` decimals, such as `46,417,899.07`; from 10¹⁵ on as `1.23 × 10²¹`.
  static func fixed(_ value: Double, _ digits: Int) -> String {
    if let special = special(value) { return special }
    guard abs(value) < 1e15 else { return scientific(value, significant: 3) }
    let text = String(format: "%.\(min(max(digits, 0), 15))f", abs(value))
    let parts = text.split(separator: ".", maxSplits: 1)
    let decimals = parts.count > 1 ? "." + parts[1] : ""
    let isZero = !text.contains { $0 != "0" && $0 != "." }
    return (value < 0 && !isZero ? "−" : "") + grouped(String(parts[0])) + decimals
  }

  /// `value` with `count` significant digits; very large and very small ones as `1.2 × 10⁻⁷`.
  static func significant(_ value: Double, _ count: Int) -> String {
    if let special = special(value) { return special }
    let count = min(max(count, 1), 15)
    guard value != 0 else { return "0" }
    let exponent = decimalExponent(value, significant: count)
    guard (-5..<15).contains(exponent) else { return scientific(value, significant: count) }
    let decimals = count - 1 - exponent
    if decimals >= 0 { return fixed(value, decimals) }
    let scale = pow(10, Double(-decimals))
    return fixed((value / scale).rounded() * scale, 0)
  }

  /// The form where no filter says how: whole numbers whole, others to four significant digits or
  /// two decimals, whichever shows more, without trailing zeros.
  static func plain(_ value: Double) -> String {
    if let special = special(value) { return special }
    if value == value.rounded(), abs(value) < 1e15 { return fixed(value, 0) }
    let exponent = decimalExponent(value, significant: 4)
    guard (-5..<15).contains(exponent) else { return scientific(value, significant: 4) }
    let text = fixed(value, max(2, 3 - exponent))
    guard text.contains(".") else { return text }
    let trimmed = text.reversed().drop { $0 == "0" }.drop { $0 == "." }
    return String(trimmed.reversed())
  }

  /// `1.23 × 10²¹`.
  static func scientific(_ value: Double, significant count: Int) -> String {
    if let special = special(value) { return special }
    let parts = String(format: "%.\(max(count - 1, 0))e", value).split(separator: "e")
    guard parts.count == 2, let exponent = Int(parts[1]) else { return "\(value)" }
    let mantissa = parts[0].replacing("-", with: "−")
    return "\(mantissa) × 10\(superscript(exponent))"
  }

  /// Decimals that show `error` with two significant digits, at most 12.
  static func decimals(for error: Double) -> Int {
    guard error.isFinite, error > 0 else { return 2 }
    return min(max(1 - decimalExponent(error, significant: 2), 0), 12)
  }

  private static func special(_ value: Double) -> String? {
    value.isNaN ? "undefined" : value.isFinite ? nil : value > 0 ? "∞" : "−∞"
  }

  /// The exponent of ten after rounding to `count` significant digits.
  private static func decimalExponent(_ value: Double, significant count: Int) -> Int {
    let text = String(format: "%.\(count - 1)e", value)
    return text.split(separator: "e").last.flatMap { Int($0) } ?? 0
  }

  private static func grouped(_ digits: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result.append(",") }
      result.append(digit)
    }
    return result
  }

  private static func superscript(_ exponent: Int) -> String {
    let digits: [Character: Character] = [
      "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶", "7": "⁷",
      "8": "⁸", "9": "⁹",
    ]
    return String(String(exponent).map { digits[$0] ?? $0 })
  }
}
