import NotebookLanguage

/// Continuations side by side, the first token marked in which each differs from its base model's.
struct ContinuationTable {
  private let results: SweptResults<Value>
  private let labels: NamedMap<String>

  init(_ record: Value, labels: NamedMap<String>) {
    results = SweptResults(record)
    self.labels = labels
  }

  var display: Display? {
    guard let first = results.entries.first?.leaf, let prompt = text(first, "prompt") else {
      return nil
    }
    var rows: [Table.Row] = []
    var shown: Set<String> = []
    for entry in results.entries {
      // One row for what the base model wrote, which may be that of all.
      if let before = text(entry.leaf, "before.text"), shown.insert(before).inserted {
        rows.append(row("Before", entry.leaf, "before", equal: nil))
      }
      let name = entry.place.map { labels[$0.value] ?? $0.value }.joined(separator: ", ")
      rows.append(row(name, entry.leaf, "after", equal: entry.leaf[path: "equalTokens"]))
    }
    let columns = ["Continuation", "Equal tokens"].map { Table.Column(label: $0) }
    return .table(
      Table(
        stub: "Model", groups: [Table.Group(label: "", columns: columns)], rows: rows,
        notes: [
          "Prompt: “\(prompt)”.",
          "Marked is the first token that is not the one before quantization.",
        ]))
  }

  private func row(_ label: String, _ leaf: Value, _ side: String, equal: Value?) -> Table.Row {
    let whole = text(leaf, "\(side).text") ?? ""
    let shared = text(leaf, "\(side).shared") ?? ""
    let differs = equal == nil ? "" : text(leaf, "\(side).differs") ?? ""
    let isPart = whole.utf8.starts(with: (shared + differs).utf8)
    let passage =
      isPart && equal != nil
      ? Table.Passage(
        before: shared, marked: differs,
        after: String(decoding: whole.utf8.dropFirst((shared + differs).utf8.count), as: UTF8.self)
          + ending(leaf, side))
      : Table.Passage(before: whole + ending(leaf, side), marked: "", after: "")
    return Table.Row(
      label: label,
      cells: [Table.Cell(passage), Table.Cell(value: equal.map { DisplayedValue($0) })])
  }

  /// What stands after a text that the model could not go on with.
  private func ending(_ leaf: Value, _ side: String) -> String {
    switch text(leaf, "\(side).end") {
    case "notFinite": " [logits are not finite]"
    case "endOfText": " [end of text]"
    default: ""
    }
  }

  private func text(_ value: Value, _ path: String) -> String? {
    guard case .text(let text)? = value[path: path] else { return nil }
    return text
  }
}
