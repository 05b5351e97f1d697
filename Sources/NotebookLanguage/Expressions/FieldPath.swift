/// Dotted paths such as `perplexity.after`, with the addresses of a sweep: `grid[nf4, 64].bytes` and
/// `grid.nf4.64.bytes` are the same; a name with a point in it stands in brackets: `[6.5]`.
public enum FieldPath {
  /// The names on the way. A bracket that is never closed is taken as it is: no field has its name.
  public static func names(of path: String) -> [String] {
    guard path.contains("[") else { return path.split(separator: ".").map(String.init) }
    var names: [String] = []
    var rest = path[...]
    while !rest.isEmpty {
      if rest.first == "[", let end = rest.firstIndex(of: "]") {
        let inside = rest[rest.index(after: rest.startIndex)..<end]
        names += inside.split(separator: ",").map { address(String($0)) }
        rest = rest[rest.index(after: end)...]
      } else {
        let end = rest.dropFirst().firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        let name = rest[..<end].drop { $0 == "." }
        if !name.isEmpty { names.append(String(name)) }
        rest = rest[end...]
      }
    }
    return names
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
