/// Dotted paths such as `perplexity.after`, with the addresses of a sweep: `grid[nf4, 64].bytes` and
/// `grid.nf4.64.bytes` are the same; a name with a point in it stands in brackets: `[6.5]`.
public enum FieldPath {
  /// A name on the way, and its bytes in the path.
  public struct Step: Hashable, Sendable {
    public var name: String
    public var range: Range<Int>
  }

  /// The names on the way.
  public static func names(of path: String) -> [String] {
    path.contains("[")
      ? steps(of: path).map(\.name) : path.split(separator: ".").map(String.init)
  }

  /// The names with their places. A bracket that is never closed is taken as it is: no field has its
  /// name.
  public static func steps(of path: String) -> [Step] {
    let bytes = Array(path.utf8)
    let (point, opening, closing) = (UInt8(ascii: "."), UInt8(ascii: "["), UInt8(ascii: "]"))
    var steps: [Step] = []
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
    var position = 0
    while position < bytes.count {
      if bytes[position] == opening, let end = bytes[position...].firstIndex(of: closing) {
        for part in bytes[position + 1..<end].split(separator: .comma) {
          let range = bytes.trimmingBlanks(part.indices)
          steps.append(Step(name: address(text(range)), range: range))
        }
        position = end + 1
      } else {
        let end =
          bytes[(position + 1)...].firstIndex { $0 == point || $0 == opening } ?? bytes.count
        let start = bytes[position] == point ? position + 1 : position
        if start < end { steps.append(Step(name: text(start..<end), range: start..<end)) }
        position = end
      }
    }
    return steps
  }

  /// `64` for ` 64.0 `: the canonical text of a value that a sweep ranges over.
  public static func address(_ text: String) -> String {
    let text = text[...].trimmingBlanks
    guard let number = Double(text), number.isFinite else { return String(text) }
    return SchemaForm.address(of: number)
  }

  /// The names as one path: what is no plain name stands in brackets.
  public static func text(of names: [String]) -> String {
    names.enumerated().reduce("") { text, name in
      if !name.element.isFieldName { return text + "[\(name.element)]" }
      return name.offset == 0 ? name.element : "\(text).\(name.element)"
    }
  }
}

extension [UInt8] {
  fileprivate func trimmingBlanks(_ range: Range<Int>) -> Range<Int> {
    guard let first = self[range].firstIndex(where: { !$0.isBlank }),
      let last = self[range].lastIndex(where: { !$0.isBlank })
    else { return range.lowerBound..<range.lowerBound }
    return first..<last + 1
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var text = drop { $0 == " " || $0 == "\t" }
    while let last = text.last, last == " " || last == "\t" { text.removeLast() }
    return text
  }
}

extension String {
  /// Whether the name can stand after a point in an expression.
  fileprivate var isFieldName: Bool {
    guard let first = utf8.first, first | 0x20 >= 0x61 && first | 0x20 <= 0x7A || first == 0x5F
    else { return false }
    return utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x5F
    }
  }
}
