public import Diagnostics

/// A length of time, as people write it: `90`, `90s`, `30m`, `1.5h`.
public struct TimeSpan: SchemaValue, Hashable {
  public let seconds: Double

  public init(seconds: Double) { self.seconds = seconds }

  /// nil for a text that is no length of time above zero.
  public init?(_ text: String) {
    let units: [(suffix: String, seconds: Double)] = [
      ("ms", 0.001), ("min", 60), ("s", 1), ("m", 60), ("h", 3600),
    ]
    let unit = units.first { text.hasSuffix($0.suffix) }
    let digits = text.dropLast(unit?.suffix.count ?? 0)
    guard let number = Double(digits), number > 0, number <= 1e9 else { return nil }
    seconds = number * (unit?.seconds ?? 1)
  }

  public static var typeName: String { "a length of time such as 90s, 30m or 2h" }
  public static var form: SchemaForm { .text }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    if let span = Self(node.scalar?.filter { $0 != " " } ?? "") { return span }
    diagnostics.append(mismatch(node))
    return nil
  }
}
