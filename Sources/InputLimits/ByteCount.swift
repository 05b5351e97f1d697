/// A number of bytes as people write it: `2GiB`, `500 MB`, `4096`.
public struct ByteCount: Hashable, Sendable {
  public var bytes: Int

  public init(bytes: Int) { self.bytes = bytes }

  private static let units: [(suffix: String, size: Int)] = [
    ("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10),
    ("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000), ("B", 1),
  ]

  /// nil for a text that is none, or more than can be counted.
  public init?(_ text: String) {
    let unit = Self.units.first { text.hasSuffix($0.suffix) }
    var number = text.dropLast(unit?.suffix.count ?? 0)
    while number.last == " " { number.removeLast() }
    guard let count = Double(number), count >= 0,
      let bytes = Int(exactly: (count * Double(unit?.size ?? 1)).rounded())
    else { return nil }
    self.bytes = bytes
  }

  /// The shortest exact text: `16MiB`, `100MB`, `1234`.
  public var text: String { text(unitAfter: "") }

  /// As `text`, with something before the unit.
  func text(unitAfter space: String) -> String {
    guard bytes > 0, let unit = Self.units.first(where: { bytes % $0.size == 0 }), unit.size > 1
    else { return "\(bytes)" }
    return "\(bytes / unit.size)\(space)\(unit.suffix)"
  }
}
