import Diagnostics
import NotebookLanguage

/// `of:` of an evaluate or generate cell: a label, a list of labels, or names for labels.
struct Subjects: SchemaValue {
  struct Entry: Sendable {
    /// The name in the results.
    var name: String
    var label: Label<ModelSubject>
  }

  var entries: [Entry] = []
  /// Where they are written.
  var span: SourceSpan?

  static var typeName: String { "a label, a list of labels, or names for labels" }
  static var form: SchemaForm { .anyOf([.list(.text), .map(.text)]) }
  var labels: [AnyLabel] { entries.flatMap(\.label.labels) }
  var names: [String] { entries.map(\.name) }

  /// What the results range over.
  static let axis = "of"

  /// A field of each entry: `each` of it, below the sweeps of what its label stands for.
  func shape(in scope: CheckScope, of each: (Entry) -> Shape) -> Shape {
    .record(
      entries.map { entry in
        Shape.Field(
          entry.name, scope.shape(of: entry.label).replacingBelowAxes(by: each(entry)))
      }, axis: Self.axis)
  }

  /// The entries by their place, as their names are set when results are used.
  var settings: [Setting] {
    entries.enumerated().map { index, entry in
      Setting(path: "\(Self.axis).\(index)", text: entry.label.text, isLabel: true)
    }
  }

  /// A field of each entry: `each` of what its label stands for, or of each value of its sweep.
  func results(
    in context: CellContext, of each: (Entry, CellInput) async throws -> Value
  ) async throws -> Record {
    var record = Record()
    record.axis = Self.axis
    for entry in entries {
      let inputs = try context.variants(entry.label)
      var parts: [(address: [String], value: Value)] = []
      for input in inputs { parts.append((input.address, try await each(entry, input))) }
      record[entry.name] = .swept(over: inputs.first?.axes ?? [], parts)
    }
    return record
  }

  /// Results under the names that this cell gives them, which are those of its entries in their order.
  func named(_ result: StoredResult, by names: ContentNames) -> StoredResult {
    var result = names.set(in: result)
    guard case .record(let record) = result.value, record.fields.count == entries.count else {
      return result
    }
    var named = Record(principal: record.principal)
    named.axis = record.axis
    for (field, entry) in zip(record.fields, entries) { named.append(entry.name, field.value) }
    result.value = .record(named)
    return result
  }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard let subjects = entries(node, &diagnostics) else { return nil }
    guard !subjects.entries.isEmpty else {
      diagnostics.append(
        Diagnostic(
          .outOfRange, "'of' is empty: it names no model", at: node.span))
      return nil
    }
    return subjects
  }

  private static func entries(
    _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> Self? {
    if node.isMapping {
      return NamedMap<Label<ModelSubject>>.decode(node, &diagnostics).map { map in
        Self(
          entries: map.entries.map { Entry(name: $0.name.value, label: $0.value) }, span: node.span)
      }
    }
    return [Label<ModelSubject>].decode(node, &diagnostics).map { labels in
      Self(
        entries: labels.map { Entry(name: $0.text.replacing("-", with: "_"), label: $0) },
        span: node.span)
    }
  }
}
