import Markdown
import NotebookLanguage

/// A table of results for GitHub: as a pipe table, or as HTML without a style.
struct GFMResultTable {
  private let table: Table

  init(_ table: Table) { self.table = table }

  /// A pipe table: a header of two levels becomes `Group: Column`.
  func flat(_ footnotes: inout GFMFootnotes) -> String {
    var header = [Escaping.markdown(table.stub)]
    for group in table.groups {
      header += group.columns.map {
        Escaping.markdown(group.label.isEmpty ? $0.label : "\(group.label): \($0.label)")
      }
    }
    var rows: [[String]] = []
    for row in table.rows {
      rows.append([Escaping.markdown(label(row))] + row.cells.map { cell($0, &footnotes) })
    }
    let alignments = table.columns.indices.map { column in
      table.isOfPassages(column: column) ? MarkdownTable.Alignment.left : .right
    }
    return GFMTable(alignments: [.none] + alignments, header: header, rows: rows).text
  }

  private func cell(_ cell: Table.Cell, _ footnotes: inout GFMFootnotes) -> String {
    if let passage = cell.passage { return Self.text(passage, by: Escaping.markdown) }
    var text = "—"
    if let value = cell.value {
      text = Escaping.markdown(value.text)
      if cell.isBest { text = "**\(text)**" }
      text += footnotes.cause(of: value)
      if !value.error.isEmpty { text += " <sub>\(Escaping.markdown(value.error))</sub>" }
    }
    if table.comparison != .none, let published = cell.published {
      let error = published.error.isEmpty ? "" : " (\(Escaping.markdown(published.error)))"
      text += "<br><sub>published: \(Escaping.markdown(published.text))\(error)</sub>"
    }
    return text
  }

  /// HTML for what stands out: it may begin with a space, after which Markdown's own marks are none.
  private static func text(_ passage: Table.Passage, by escape: (String) -> String) -> String {
    let marked = passage.marked.isEmpty ? "" : "<b>\(escape(passage.marked))</b>"
    return escape(passage.before) + marked + escape(passage.after)
  }

  private func label(_ row: Table.Row) -> String {
    row.unit.isEmpty ? row.label : "\(row.label) (\(row.unit))"
  }

  /// An HTML table, with spans.
  var html: String {
    let top = table.groups.map { group in
      "<th colspan=\"\(group.columns.count)\">\(Escaping.line(group.label))</th>"
    }
    let stub = Escaping.line(table.stub)
    let columns = table.columns.map { "<th>\(Escaping.line($0.label))</th>" }.joined()
    let header =
      table.hasGroups
      ? ["<tr><th rowspan=\"2\">\(stub)</th>\(top.joined())</tr>", "<tr>\(columns)</tr>"]
      : ["<tr><th>\(stub)</th>\(columns)</tr>"]
    let rows = table.rows.map { row in
      "<tr><th align=\"left\">\(Escaping.line(label(row)))</th>"
        + "\(row.cells.map(htmlCell).joined())</tr>"
    }
    return (["<table>"] + header + rows + ["</table>"]).joined(separator: "\n")
  }

  private func htmlCell(_ cell: Table.Cell) -> String {
    if let passage = cell.passage {
      return "<td align=\"left\">\(Self.text(passage, by: Escaping.htmlInMarkdown))</td>"
    }
    var text = Escaping.line(cell.value?.text ?? "—")
    if cell.isBest { text = "<b>\(text)</b>" }
    if let cause = cell.value?.cause { text += " <sub>(\(Escaping.line(cause)))</sub>" }
    if let error = cell.value?.error, !error.isEmpty {
      text += " <sub>\(Escaping.line(error))</sub>"
    }
    if table.comparison != .none, let published = cell.published {
      text += "<br><sub>published: \(Escaping.line(published.text))</sub>"
    }
    return "<td align=\"right\">\(text)</td>"
  }

  /// What a reader of the pipe table must know besides; empty where there is nothing.
  var notes: String {
    var notes = table.notes
    if table.rows.contains(where: { $0.cells.contains(where: \.isBest) }) {
      notes.append("Bold: the best of its row.")
    }
    if let published { notes.append(published) }
    if let made { notes.append("How the figures were made: " + made) }
    return notes.isEmpty
      ? "" : "<sub>" + notes.map(Escaping.markdown).joined(separator: " ") + "</sub>"
  }

  /// Where the published figures come from.
  var published: String? {
    guard table.comparison != .none, let source = table.publishedSource else { return nil }
    return "Small figures are published: \(source)."
  }

  /// What a tooltip says of each row's figures in HTML, once for all rows of which it is true.
  private var made: String? {
    var facts: [(note: String, rows: [String])] = []
    for row in table.rows {
      guard let note = row.cells.compactMap({ $0.value?.note }).first else { continue }
      if let index = facts.firstIndex(where: { $0.note == note }) {
        facts[index].rows.append(row.label)
      } else {
        facts.append((note, [row.label]))
      }
    }
    guard !facts.isEmpty else { return nil }
    return facts.map { "\($0.rows.joined(separator: ", "))—\($0.note)" }.joined(separator: "; ")
      + "."
  }
}
