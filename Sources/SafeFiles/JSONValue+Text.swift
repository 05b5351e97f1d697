import JSONStrings

extension JSONValue {
  /// The value as JSON, a line for each member and element, two spaces a level: as `json.dumps` with an
  /// indent writes it, so that it compares well with what Python wrote.
  public var indentedText: String { text(indent: "") }

  private func text(indent: String) -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .boolean(let truth): return "\(truth)"
    case .integer(let number): return "\(number)"
    case .number(let number): return "\(number)"
    case .string(let text): return JSONString.quoted(text)
    case .array(let elements):
      if elements.isEmpty { return "[]" }
      let lines = elements.map { inner + $0.text(indent: inner) }
      return "[\n\(lines.joined(separator: ",\n"))\n\(indent)]"
    case .object(let object):
      if object.members.isEmpty { return "{}" }
      let lines = object.members.map {
        "\(inner)\(JSONString.quoted($0.name)): \($0.value.text(indent: inner))"
      }
      return "{\n\(lines.joined(separator: ",\n"))\n\(indent)}"
    }
  }

  /// A text between quotes, with escapes where JSON needs them.
  public static func quoted(_ text: String) -> String { JSONString.quoted(text) }
}
