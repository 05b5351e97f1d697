import Diagnostics
import NotebookLanguage

/// A mapping of names that the author chose to values of one type, in the order written.
struct NamedMap<Element: SchemaValue>: SchemaValue {
  struct Entry: Sendable {
    var name: Spanned<String>
    var value: Element
  }

  var entries: [Entry] = []

  static var typeName: String { "a mapping of names to values, each \(Element.typeName)" }
  static var form: SchemaForm { .map(Element.form) }
  var labels: [AnyLabel] { entries.flatMap(\.value.labels) }
  var expressions: [Expression] { entries.flatMap(\.value.expressions) }
  var names: [String] { entries.map(\.name.value) }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard case .mapping(let pairs) = node.content else {
      diagnostics.append(mismatch(node))
      return nil
    }
    let before = diagnostics.count
    let entries = pairs.compactMap { pair -> Entry? in
      guard let name = Spanned<String>.decode(pair.key, &diagnostics),
        let value = Element.decode(pair.value, &diagnostics)
      else { return nil }
      return Entry(name: name, value: value)
    }
    return diagnostics.count == before ? Self(entries: entries) : nil
  }

  subscript(name: String) -> Element? { entries.first { $0.name.value == name }?.value }
}
