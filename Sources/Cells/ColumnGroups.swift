import Diagnostics
import NotebookLanguage

/// `columns:` of a table or chart: a list of names, a mapping of names to headers, or a list of
/// groups `{group: …, columns: …}` of either.
struct ColumnGroups: SchemaValue {
  struct Column: Sendable {
    var name: Spanned<String>
    var label: String
  }

  struct Group: Sendable {
    var label: String
    var columns: [Column]
  }

  var groups: [Group] = []

  var all: [Column] { groups.flatMap(\.columns) }

  static var typeName: String { "names of results, or groups of them" }
  static var form: SchemaForm { .anyOf([Columns.form, .list(.anyOf([.text, GroupBody.form]))]) }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard case .sequence(let nodes) = node.content, nodes.contains(where: \.isMapping) else {
      return columns(node, &diagnostics).map { Self(groups: [Group(label: "", columns: $0)]) }
    }
    let before = diagnostics.count
    let groups = nodes.compactMap { node -> Group? in
      guard node.isMapping else {
        return columns(node, &diagnostics).map { Group(label: "", columns: $0) }
      }
      return GroupBody.decode(node, called: "a group of columns", &diagnostics).map {
        Group(label: $0.label, columns: $0.columns.columns)
      }
    }
    return diagnostics.count == before ? Self(groups: groups) : nil
  }

  private static func columns(
    _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> [Column]? {
    if node.isMapping {
      return NamedMap<String>.decode(node, &diagnostics)?.entries.map {
        Column(name: $0.name, label: $0.value)
      }
    }
    return [Spanned<String>].decode(node, &diagnostics)?.map {
      Column(name: $0, label: $0.value)
    }
  }

  private struct Columns: SchemaValue {
    var columns: [Column] = []

    static var typeName: String { "names of results, with their headers" }
    static var form: SchemaForm { .anyOf([.list(.text), .map(.text)]) }

    static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      ColumnGroups.columns(node, &diagnostics).map { Self(columns: $0) }
    }
  }

  private struct GroupBody: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("group", \.label, help: "Header over the group."),
        .required("columns", \.columns, help: "Names of results with their headers."),
      ]
    }

    var label = ""
    var columns = Columns()
  }
}
