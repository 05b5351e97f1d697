import Diagnostics
import GPT2
public import NotebookLanguage

/// A model that can be evaluated: as loaded, or quantized.
public enum ModelSubject: LabelTarget {
  case loaded(LoadedModel)
  case quantized(QuantizedModelValue)

  public static var cellKinds: [String] { ["load", "quantize"] }

  public static func from(_ value: any CellValue) -> Self? {
    if let loaded = value as? LoadedModel { return .loaded(loaded) }
    return (value as? QuantizedModelValue).map { .quantized($0) }
  }

  var model: GPT2Model {
    switch self {
    case .loaded(let value): value.model
    case .quantized(let value): value.quantized.model
    }
  }

  /// What it was quantized from; itself where it is not quantized.
  var base: LoadedModel {
    switch self {
    case .loaded(let value): value
    case .quantized(let value): value.base
    }
  }
}

/// `of:` of an evaluate cell: a label, a list of labels, or names for labels.
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

  /// Results under the names that this cell gives them, which are those of its entries in their order.
  func naming(_ results: Value) -> Value {
    guard case .record(let record) = results, record.fields.count == entries.count else {
      return results
    }
    var named = Record(principal: record.principal)
    named.axis = record.axis
    for (field, entry) in zip(record.fields, entries) { named.append(entry.name, field.value) }
    return .record(named)
  }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard let subjects = entries(node, &diagnostics) else { return nil }
    guard !subjects.entries.isEmpty else {
      diagnostics.append(
        Diagnostic(
          .outOfRange, "'of' is empty: there is nothing to evaluate", at: node.span))
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
