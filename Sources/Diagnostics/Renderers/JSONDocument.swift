import JSONStrings

/// A JSON document to be printed; objects keep the order of their members.
public indirect enum JSONDocument: Sendable {
  case null
  case bool(Bool)
  /// Written as a text where JSON has no number for it: `"Infinity"`, `"-Infinity"`, `"NaN"`.
  case number(Double)
  case string(String)
  case array([JSONDocument])
  case object([(name: String, value: JSONDocument)])

  /// The text, or null.
  public init(_ text: String?) { self = text.map { .string($0) } ?? .null }

  /// All of it on one line, without a line feed.
  public var line: String {
    switch self {
    case .null: "null"
    case .bool(let bool): bool ? "true" : "false"
    case .number(let number): Self.text(of: number)
    case .string(let text): Self.quoted(text)
    case .array(let values): "[" + values.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      "{" + members.map { "\(Self.quoted($0.name)): \($0.value.line)" }.joined(separator: ", ")
        + "}"
    }
  }

  /// Indented by two spaces a level, without a line feed at its end; lists of
  /// scalars and objects of two members stand in one line of 80 characters where they fit.
  public var indented: String { indented(by: 0) }

  private func indented(by depth: Int) -> String {
    let margin = String(repeating: "  ", count: depth + 1)
    let entries: [String]
    switch self {
    case .array(let values) where !values.isEmpty:
      if values.allSatisfy(\.isScalar), line.count + 2 * depth <= 80 { return line }
      entries = values.map { $0.indented(by: depth + 1) }
    case .object(let members) where !members.isEmpty:
      if members.allSatisfy(\.value.isShort), members.count <= 2, line.count + 2 * depth <= 80 {
        return line
      }
      entries = members.map { "\(Self.quoted($0.name)): \($0.value.indented(by: depth + 1))" }
    default: return line
    }
    let (open, close) = if case .array = self { ("[", "]") } else { ("{", "}") }
    let body = entries.map { margin + $0 }.joined(separator: ",\n")
    return "\(open)\n\(body)\n\(margin.dropLast(2))\(close)"
  }

  private var isScalar: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }

  /// A scalar, or a list of scalars.
  private var isShort: Bool {
    if case .array(let values) = self { values.allSatisfy(\.isScalar) } else { isScalar }
  }

  private static func text(of number: Double) -> String {
    if number.isNaN { return "\"NaN\"" }
    if number.isInfinite { return number > 0 ? "\"Infinity\"" : "\"-Infinity\"" }
    return Int(exactly: number).map(String.init) ?? "\(number)"
  }

  /// So that a document is one line to all readers.
  private static func quoted(_ text: String) -> String { JSONString.quoted(text) }
}

extension JSONDocument: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  public init(dictionaryLiteral members: (String, JSONDocument)...) {
    self = .object(members.map { (name: $0.0, value: $0.1) })
  }

  public init(arrayLiteral values: JSONDocument...) { self = .array(values) }
}

extension JSONDocument: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(integerLiteral number: Int) { self = .number(Double(number)) }
  public init(booleanLiteral bool: Bool) { self = .bool(bool) }
}
