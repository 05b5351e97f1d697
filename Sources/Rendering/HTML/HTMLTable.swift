import NotebookLanguage

/// A table of results in HTML: a header of one or two levels with real spans, numbers aligned on the
/// decimal point, published figures that the reader can hide without a script.
struct HTMLTable {
  let table: Table
  /// Of each column.
  private let decimals: [Int]

  init(_ table: Table) {
    self.table = table
    decimals = Self.decimals(of: table)
  }

  /// - Parameter caption: HTML of the caption, its number included.
  func figure(identifier: String?, caption: String) -> String {
    let id = identifier.map { " id=\"\(Escaping.attribute($0))\"" } ?? ""
    let canHide = table.comparison == .toggle && hasPublished
    let toggle =
      canHide
      ? "<label class=\"toggle\"><input type=\"checkbox\" checked> Published figures</label>" : ""
    if let summary = table.summary {
      return """
        <details\(id) class="table-details"><summary>\(Escaping.text(summary))</summary>
        \(body)
        </details>
        """
    }
    return """
      <figure\(id) class="table-figure">
      \(caption.isEmpty ? "" : "<figcaption>\(caption)</figcaption>")
      \(toggle)
      \(body)
      </figure>
      """
  }

  private var body: String {
    """
    <div class="scroll" tabindex="0" role="group" aria-label="Table, scrolls sideways">
    <table class="results" style="--columns: \(table.columns.count)">
    \(columnGroups)
    <thead>
    \(header)
    </thead>
    <tbody>
    \(table.rows.map(row).joined(separator: "\n"))
    </tbody>
    </table>
    </div>
    \(notes)
    """
  }

  private var hasPublished: Bool {
    table.comparison != .none
      && table.rows.contains { $0.cells.contains { $0.published != nil } }
  }

  private var columnGroups: String {
    "<colgroup><col></colgroup>"
      + table.groups.map { "<colgroup span=\"\($0.columns.count)\"></colgroup>" }.joined()
  }

  private var header: String {
    let stub = Escaping.text(table.stub)
    let columns = table.columns.enumerated().map { index, column in
      let style = table.isOfPassages(column: index) ? " class=\"passage\"" : ""
      return "<th scope=\"col\"\(style)>\(Escaping.text(column.label))</th>"
    }
    guard table.hasGroups else { return "<tr><td>\(stub)</td>\(columns.joined())</tr>" }
    let groups = table.groups.map { group in
      group.label.isEmpty
        ? "<td colspan=\"\(group.columns.count)\"></td>"
        : "<th scope=\"colgroup\" colspan=\"\(group.columns.count)\">\(Escaping.text(group.label))</th>"
    }
    return "<tr class=\"groups\"><td rowspan=\"2\">\(stub)</td>\(groups.joined())</tr>\n"
      + "<tr>\(columns.joined())</tr>"
  }

  /// Most digits after the point in each column.
  private static func decimals(of table: Table) -> [Int] {
    table.columns.indices.map { column in
      let texts = table.rows.compactMap { row in
        row.cells.indices.contains(column) ? row.cells[column].value?.text : nil
      }
      return texts.map { decimals($0) ?? 0 }.max() ?? 0
    }
  }

  private static func padding(after text: String, to decimals: Int) -> String {
    guard let count = Self.decimals(text) else {
      return decimals > 0 ? "\u{2008}" + String(repeating: "\u{2007}", count: decimals) : ""
    }
    return String(repeating: "\u{2007}", count: max(decimals - count, 0))
  }

  private func row(_ row: Table.Row) -> String {
    let unit =
      row.unit.isEmpty ? "" : " <span class=\"unit\">\(Escaping.text(row.unit))</span>"
    let shared = Self.sharedTooltip(row)
    let cells = zip(row.cells, decimals).map { cell($0, decimals: $1, known: shared) }
    let title = shared.isEmpty ? "" : " title=\"\(Escaping.attribute(shared))\""
    return
      "<tr\(title)><th scope=\"row\">\(Escaping.text(row.label))\(unit)</th>\(cells.joined())</tr>"
  }

  /// How the measured figures of a row came about, if in one way; empty if not.
  private static func sharedTooltip(_ row: Table.Row) -> String {
    let values = row.cells.compactMap(\.value).filter { $0.origin == .measured && $0.cause == nil }
    let tooltips = Set(values.map(HTMLValue.tooltip))
    return values.count > 1 && tooltips.count == 1 ? tooltips.first ?? "" : ""
  }

  private func cell(_ cell: Table.Cell, decimals: Int, known: String) -> String {
    if let passage = cell.passage { return "<td class=\"passage\">\(Self.html(passage))</td>" }
    var html = "<span class=\"absent\">—</span>"
    if let value = cell.value {
      let isNumber = value.number?.isFinite == true
      let padding = isNumber ? Self.padding(after: value.text, to: decimals) : ""
      html = HTMLValue.span(value, padding: padding, known: known)
      if Self.isMarked(cell) {
        html =
          "<strong class=\"best\"><span aria-hidden=\"true\">▸</span> "
          + "<span class=\"hidden\">best of the row: </span>\(html)</strong>"
      }
    }
    if table.comparison != .none, let published = cell.published {
      let title = Escaping.attribute(published.note ?? "published")
      html +=
        "<span class=\"published\" title=\"\(title)\"><span class=\"mark\">pub.</span> "
        + Escaping.text(published.text)
        + (published.error.isEmpty ? "" : " (\(Escaping.text(published.error)))") + "</span>"
    }
    return "<td>\(html)</td>"
  }

  /// Whether a cell is shown as the best of its row: only a value can be.
  private static func isMarked(_ cell: Table.Cell) -> Bool {
    cell.isBest && cell.value != nil && cell.passage == nil
  }

  private static func html(_ passage: Table.Passage) -> String {
    let marked = passage.marked.isEmpty ? "" : "<mark>\(Escaping.text(passage.marked))</mark>"
    return Escaping.text(passage.before) + marked + Escaping.text(passage.after)
  }

  /// Digits after the point; nil where there is none.
  private static func decimals(_ text: String) -> Int? {
    text.firstIndex(of: ".").map { point in
      text[text.index(after: point)...].prefix { $0.isNumber }.count
    }
  }

  private var notes: String {
    var notes = table.notes.map(Escaping.text)
    if hasPublished, let source = table.publishedSource {
      notes.append(
        "<span class=\"of-published\"><em>pub.</em> published: \(Escaping.text(source)).</span>")
    }
    let causes = table.rows.flatMap(\.cells).compactMap { cell in
      // A finite value carries the cause of another beside it; its tooltip has that.
      cell.value.flatMap { value in
        value.number?.isFinite == true ? nil : value.cause.map { "\(value.text): \($0)." }
      }
    }
    notes += Set(causes).sorted().map(Escaping.text)
    if table.rows.contains(where: { $0.cells.contains(where: Self.isMarked) }) {
      notes.append("<strong>▸</strong> best of the row.")
    }
    return notes.isEmpty ? "" : "<p class=\"table-notes\">\(notes.joined(separator: " "))</p>"
  }
}
