import NotebookLanguage

/// The keys of a mapping as help prints them.
struct SchemaText {
  private let keys: [KeyDescription]
  private static let indentation = 2
  private static let column = 22

  init(_ keys: [KeyDescription]) { self.keys = keys }

  /// Each key with its type, whether it is needed or its default, its choices and its help; the keys
  /// of a mapping below its own.
  func text(depth: Int = 1) -> String { keys.map { Self.text(of: $0, depth: depth) }.joined() }

  private static func text(of key: KeyDescription, depth: Int) -> String {
    let margin = String(repeating: " ", count: depth * indentation)
    let name = margin + key.name
    let gap = String(repeating: " ", count: max(2, column - name.count))
    var facts = [type(of: key)]
    if key.isRequired {
      facts.append("required")
    } else if let value = key.defaultText {
      facts.append("default \(value)")
    }
    let body = String(repeating: " ", count: column)
    var text = name + gap + facts.joined(separator: " · ") + "\n"
    text += TextColumns.wrapped(key.help, margin: body)
    for choice in key.form.choices {
      guard let help = choice.help else { continue }
      text += TextColumns.wrapped("\(choice.text): \(help)", margin: body + "  ")
    }
    return text + SchemaText(key.form.keys).text(depth: depth + 1)
  }

  private static func type(of key: KeyDescription) -> String {
    guard !key.form.keys.isEmpty else { return key.typeName }
    switch key.form {
    case .list: return "a list of mappings"
    case .map: return "a mapping of names to mappings"
    case .record, .optional(.record): return "a mapping"
    default: return key.typeName
    }
  }
}
