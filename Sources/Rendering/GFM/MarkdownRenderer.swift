public import NotebookLanguage
import Markdown

/// Renders a report as GitHub's Markdown: the same figures as in HTML, charts in files beside it, or as
/// their data where there is no place for files.
///
/// GFM cannot span header cells, so a two-level header becomes `Group: Column`, or an HTML table
/// where the notebook asks for one. Why a value is infinite stands in a footnote.
public struct MarkdownRenderer {
  /// The text and the files that it shows.
  public struct Output: Hashable, Sendable {
    public var text: String
    /// Paths relative to the text's own folder.
    public var files: [ReportFile]
    /// The charts in whose place their data stand.
    public var chartsLeftOut: [String]
  }

  private let writesFiles: Bool

  /// - Parameter writesFiles: whether charts and pictures may be in files of their own.
  public init(writesFiles: Bool = true) { self.writesFiles = writesFiles }

  public func render(_ report: Report) -> Output {
    var writer = GFMWriter(report: report, place: writesFiles ? .folder : .text)
    let text = writer.write()
    return Output(text: text, files: writer.files, chartsLeftOut: writer.chartsLeftOut)
  }
}

/// Writes the parts of a report as Markdown, for GitHub or for the cells of a Jupyter notebook.
struct GFMWriter {
  /// Where the text will stand, which decides where its pictures and notes can be.
  enum Place {
    /// Charts and pictures are files beside it.
    case folder
    /// There is no place for files: charts are given as their data.
    case text
    /// Pictures are attached, and notes are links, since each cell is read by itself.
    case jupyterCell
  }

  let report: Report
  let place: Place
  var files: [ReportFile] = []
  var chartsLeftOut: [String] = []
  private var chartCount = 0
  /// The pictures shown so far by the names of their files.
  private var pictureNames: [String: String] = [:]
  /// Of the cell that is being written.
  var attachments: [(name: String, picture: Picture)] = []
  /// Labels of a Jupyter notebook's notes in the order of their first references.
  private(set) var notes: [String] = []
  /// Causes in the order of their first mention; each is one footnote.
  private var causes: [String] = []
  private var sectionNumbers: ArraySlice<String>

  init(report: Report, place: Place) {
    self.report = report
    self.place = place
    sectionNumbers = SectionNumbers.all(in: report.blocks)[...]
  }

  mutating func write() -> String {
    var parts = [head]
    parts += report.blocks.map { block($0, isTopLevel: true) }
    parts.append(references)
    parts.append(provenance)
    parts += causes.enumerated().map { "[^q\($0 + 1)]: \(Escaping.markdown($1))." }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// Title, authors and abstract, in the text's own form: GitHub would show YAML as a table above it.
  var head: String {
    mutating get {
      var parts = ["# " + inline(report.title)]
      let byline = (report.authors + [report.date].compactMap(\.self)).map(Escaping.markdown)
      if !byline.isEmpty { parts.append("*" + byline.joined(separator: " · ") + "*") }
      if !report.subtitle.isEmpty { parts.insert("**\(singleLine(report.subtitle))**", at: 1) }
      if !report.abstract.isEmpty { parts.append("**Abstract.** " + inline(report.abstract)) }
      if let summary = report.summary { parts.append(protectingStart(Escaping.markdown(summary))) }
      return parts.joined(separator: "\n\n")
    }
  }

  var references: String {
    mutating get {
      guard !report.references.isEmpty else { return "" }
      let entries = report.references.enumerated().map { index, entry in
        "\(index + 1). <a id=\"\(Escaping.attribute(entry.identifier))\"></a>\(inline(entry.text))"
      }
      let list = entries.joined(separator: "\n")
      return report.hasReferencesHeading ? list : "## References\n\n" + list
    }
  }

  var provenance: String {
    guard !report.provenance.isEmpty else { return "" }
    let rows = report.provenance.map {
      "| \(Escaping.markdown($0.name)) | \(Escaping.markdown($0.value)) |"
    }
    return (["## How these figures were made", "", "| | |", "|---|---|"] + rows)
      .joined(separator: "\n")
  }

  // MARK: - Blocks

  /// - Parameter isTopLevel: whether a heading begins a section, and so has a number.
  mutating func block(_ block: Block, isTopLevel: Bool = false) -> String {
    switch block.kind {
    case .heading(let level, let content, let identifier):
      let number = isTopLevel ? sectionNumbers.popFirst().map { "\($0) " } ?? "" : ""
      let anchor = identifier.map { "<a id=\"\(Escaping.attribute($0))\"></a>\n\n" } ?? ""
      // The report's title is the one heading of the first level.
      let marks = String(repeating: "#", count: min(level + 1, 6))
      return anchor + marks + " " + number + inline(content)
    case .paragraph(let content): return protectingStart(inline(content))
    case .blockQuote(let blocks): return prefixed(self.blocks(blocks), first: "> ", rest: "> ")
    case .callout(let callout, let blocks):
      let name = callout.rawValue
      let head =
        place == .jupyterCell
        ? "**\(name.prefix(1).uppercased() + name.dropFirst())**\n\n" : "[!\(name.uppercased())]\n"
      let text = head + self.blocks(blocks)
      return prefixed(text, first: "> ", rest: "> ")
    case .list(let list): return self.list(list)
    case .codeBlock(let info, let literal): return fence(info, literal)
    case .html(let html): return filled(html).trimmingEndOfLines
    case .thematicBreak: return "---"
    case .table(let table): return self.table(table)
    case .footnoteDefinition where place == .jupyterCell: return ""
    case .footnoteDefinition(let label, let content):
      return prefixed(blocks(content), first: "[^\(label)]: ", rest: "    ")
    case .placeholder(let index):
      guard report.outputs.indices.contains(index) else { return "" }
      return report.outputs[index].map { output($0) }.joined(separator: "\n\n")
    }
  }

  private mutating func blocks(_ blocks: [Block], separator: String = "\n\n") -> String {
    blocks.map { block($0) }.filter { !$0.isEmpty }.joined(separator: separator)
  }

  private mutating func list(_ list: Block.List) -> String {
    let separator = list.isTight ? "\n" : "\n\n"
    return list.items.enumerated().map { index, item in
      let marker = list.start.map { "\($0 + index). " } ?? "- "
      let box = item.isChecked.map { $0 ? "[x] " : "[ ] " } ?? ""
      let indentation = String(repeating: " ", count: marker.count)
      return prefixed(
        box + blocks(item.content, separator: separator), first: marker, rest: indentation)
    }.joined(separator: separator)
  }

  private mutating func table(_ table: MarkdownTable) -> String {
    let marks = table.alignments.map { alignment in
      switch alignment {
      case .none: "---"
      case .left: ":---"
      case .center: ":---:"
      case .right: "---:"
      }
    }
    let rows = ([table.header] + table.rows).map { row in
      row.map { singleLine($0.withoutBars) }
    }
    return self.rows([rows[0], marks] + rows.dropFirst())
  }

  private func rows(_ rows: [[String]]) -> String {
    rows.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
  }

  private func fence(_ info: String, _ literal: String) -> String {
    let runs = literal.split { $0 != "`" }.map(\.count)
    let marks = String(repeating: "`", count: max(3, (runs.max() ?? 0) + 1))
    return "\(marks)\(info.replacing("`", with: ""))\n\(literal.trimmingEndOfLines)\n\(marks)"
  }

  private func prefixed(_ text: String, first: String, rest: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
      let prefix = index == 0 ? first : rest
      return line.isEmpty ? String(prefix.reversed().drop { $0 == " " }.reversed()) : prefix + line
    }.joined(separator: "\n")
  }

  /// A paragraph that begins like a list or a rule must not become one.
  private func protectingStart(_ text: String) -> String {
    guard let first = text.first else { return text }
    if "-+=".contains(first) { return "\\" + text }
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let rest = text[digits.endIndex...]
    guard !digits.isEmpty, digits.count < 10, let mark = rest.first, mark == "." || mark == ")"
    else { return text }
    return digits + "\\" + rest
  }

  // MARK: - Running text

  private mutating func inline(_ inlines: [Inline]) -> String {
    inlines.map { inline in
      switch inline {
      case .text(let text): return Escaping.markdown(text)
      case .code(let text): return codeSpan(text)
      case .emphasis(let content): return "*\(self.inline(content))*"
      case .strong(let content): return "**\(self.inline(content))**"
      case .strikethrough(let content): return "~~\(self.inline(content))~~"
      case .link(let destination, let title, let content):
        guard HTMLSanitizer.safeLink(destination) != nil else { return self.inline(content) }
        return "[\(self.inline(content))](\(target(destination, title)))"
      case .image(let source, let title, let alternative):
        return "![\(self.inline(alternative))](\(target(pictureFile(source), title)))"
      case .html(let html): return filled(html)
      case .footnoteReference(let label) where place == .jupyterCell: return noteLink(label)
      case .footnoteReference(let label): return "[^\(label)]"
      case .formula(let source, let isDisplay): return formula(source, isDisplay: isDisplay)
      case .softBreak: return "\n"
      case .lineBreak: return "\\\n"
      case .placeholder(let index):
        guard report.values.indices.contains(index) else { return "" }
        return value(report.values[index])
      }
    }.joined()
  }

  /// What a picture's source becomes: a file beside the text, or an attachment of the cell.
  private mutating func pictureFile(_ source: String) -> String {
    guard place != .text, let picture = report.pictures[source] else { return source }
    let name = pictureNames[source] ?? freeName(for: source)
    switch place {
    case .folder:
      let path = "\(report.name)_files/\(name)"
      if pictureNames[source] == nil {
        files.append(ReportFile(path: path, contents: picture.bytes))
      }
      pictureNames[source] = name
      return path
    case .jupyterCell:
      pictureNames[source] = name
      if !attachments.contains(where: { $0.name == name }) { attachments.append((name, picture)) }
      return "attachment:\(name)"
    case .text: return source
    }
  }

  /// A file's name that no other picture and no chart has: charts end in `.svg`, so pictures do not
  /// where they could be taken for one.
  private func freeName(for source: String) -> String {
    let name = source.replacing("/", with: "-")
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let ending = String(name.dropFirst(stem.count))
    let taken = Set(pictureNames.values).union(chartNames.map { "\($0).svg" })
    var candidate = name
    var count = 1
    while taken.contains(candidate) {
      count += 1
      candidate = "\(stem)-\(count)\(ending)"
    }
    return candidate
  }

  /// The names that charts have or may get.
  private var chartNames: [String] {
    let captions = report.outputs.joined().compactMap { output -> Report.Caption? in
      if case .chart(_, let caption) = output { caption } else { nil }
    }
    return captions.indices.map { captions[$0].identifier ?? "figure-\($0 + 1)" }
  }

  private mutating func noteLink(_ label: String) -> String {
    if !notes.contains(label) { notes.append(label) }
    let number = (notes.firstIndex(of: label) ?? 0) + 1
    return "<sup><a href=\"#note-\(number)\">\(number)</a></sup>"
  }

  /// The notes that the text written so far refers to, as a numbered list.
  var noteList: String {
    mutating get {
      let definitions = report.blocks.compactMap { block -> (String, [Block])? in
        guard case .footnoteDefinition(let label, let content) = block.kind else { return nil }
        return (label, content)
      }
      let contents = Dictionary(definitions) { first, _ in first }
      var index = 0
      var items: [String] = []
      // A note may refer to others.
      while index < notes.count {
        let content = contents[notes[index]]
        index += 1
        let marker = "\(index). "
        items.append(
          prefixed(
            "<a id=\"note-\(index)\"></a>" + blocks(content ?? []), first: marker,
            rest: String(repeating: " ", count: marker.count)))
      }
      return items.joined(separator: "\n")
    }
  }

  /// GitHub draws formulas between dollars itself. A value in one is text, whatever it holds.
  private func formula(_ source: String, isDisplay: Bool) -> String {
    let text = Placeholders.replacing(in: source) { index in
      guard report.values.indices.contains(index) else { return "" }
      let text = report.values[index].text
      let isNumber = text.allSatisfy { $0.isNumber || ".,-".contains($0) }
      return isNumber ? text : "\\text{\(text.filter { !"\\{}$".contains($0) })}"
    }
    return isDisplay ? "$$\n\(text)\n$$" : "$\(text)$"
  }

  /// Newlines of a heading or table cell would end it.
  private mutating func singleLine(_ inlines: [Inline]) -> String {
    inline(inlines).replacing("\n", with: " ")
  }

  private func target(_ destination: String, _ title: String) -> String {
    let safe = destination.replacing(" ", with: "%20").replacing("<", with: "%3C")
      .replacing(">", with: "%3E").replacing("(", with: "%28").replacing(")", with: "%29")
      .replacing("\n", with: "")
    let quoted = title.isEmpty ? "" : " \"\(title.replacing("\"", with: "\\\""))\""
    return safe + quoted
  }

  private func codeSpan(_ text: String) -> String {
    let longest = text.split { $0 != "`" }.map(\.count).max() ?? 0
    let marks = String(repeating: "`", count: longest + 1)
    let padding = text.hasPrefix("`") || text.hasSuffix("`") ? " " : ""
    return marks + padding + text + padding + marks
  }

  /// Raw HTML with its tokens filled in. Footnotes are none there: a cause follows its value.
  private func filled(_ html: String) -> String {
    var finder = HTMLPlaceFinder()
    let places = finder.places(in: html)
    return Placeholders.replacing(in: html) { number in
      guard report.values.indices.contains(number) else { return "" }
      let value = report.values[number]
      let text = Escaping.htmlInMarkdown(value.text)
      switch places[number] {
      case .attribute: return text
      case .text:
        let error = value.error.isEmpty ? "" : " " + Escaping.htmlInMarkdown(value.error)
        guard let cause = value.cause, value.origin != .published else { return text + error }
        return text + error + " <sub>(\(Escaping.htmlInMarkdown(cause)))</sub>"
      case .unquotedAttribute, .name, .script, .comment, nil: return ""
      }
    }
  }

  private mutating func value(_ value: DisplayedValue) -> String {
    var text = Escaping.markdown(value.text)
    if !value.error.isEmpty { text += " " + Escaping.markdown(value.error) }
    return text + footnote(value)
  }

  private mutating func footnote(_ value: DisplayedValue) -> String {
    // A published infinity has its mark already.
    guard let cause = value.cause, value.origin != .published else { return "" }
    if place == .jupyterCell { return " <sub>(\(Escaping.markdown(cause)))</sub>" }
    let index: Int
    if let known = causes.firstIndex(of: cause) {
      index = known
    } else {
      causes.append(cause)
      index = causes.count - 1
    }
    return "[^q\(index + 1)]"
  }

  // MARK: - Outputs

  mutating func output(_ output: Report.Output) -> String {
    switch output {
    case .table(let table, let caption):
      let body =
        report.options.tableHeader == .html && table.hasGroups ? htmlTable(table) : flat(table)
      let parts = [head(of: table, caption), body, notes(of: table)]
      let text = parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
      return table.summary == nil ? text : text + "\n\n</details>"
    case .chart(let chart, let caption): return figure(chart, caption)
    case .listing(let language, let text, _): return fence(language, text)
    case .failure(let failure):
      let place = failure.place.map { " (`\($0)`)" } ?? ""
      return "> [!CAUTION]\n> **\(Escaping.markdown(failure.cell))**: "
        + Escaping.markdown(failure.message) + place
    case .remark(let text): return "> [!NOTE]\n> " + Escaping.markdown(text)
    }
  }

  private func difference(_ published: DisplayedValue) -> String {
    published.error.isEmpty ? "" : " (\(Escaping.markdown(published.error)))"
  }

  private mutating func head(of table: Table, _ caption: Report.Caption) -> String {
    if let summary = table.summary {
      return "<details><summary>\(Escaping.text(summary))</summary>"
    }
    guard caption.number != nil || !caption.text.isEmpty else { return anchor(caption) }
    return anchor(caption) + "**\(number("Table", caption))** " + singleLine(caption.text)
  }

  private func number(_ kind: String, _ caption: Report.Caption) -> String {
    caption.number.map { "\(kind) \($0)." } ?? "\(kind)."
  }

  private func anchor(_ caption: Report.Caption) -> String {
    caption.identifier.map { "<a id=\"\(Escaping.attribute($0))\"></a>\n\n" } ?? ""
  }

  private mutating func flat(_ table: Table) -> String {
    var header = [Escaping.markdown(table.stub)]
    for group in table.groups {
      header += group.columns.map {
        Escaping.markdown(group.label.isEmpty ? $0.label : "\(group.label): \($0.label)")
      }
    }
    let marks = ["---"] + table.columns.map { _ in "---:" }
    let body = table.rows.map { row in
      [rowLabel(row)] + row.cells.map { cell($0, comparison: table.comparison) }
    }
    return rows([header, marks] + body)
  }

  private func rowLabel(_ row: Table.Row) -> String {
    Escaping.markdown(row.unit.isEmpty ? row.label : "\(row.label) (\(row.unit))")
  }

  private mutating func cell(_ cell: Table.Cell, comparison: Table.Comparison) -> String {
    var text = "—"
    if let value = cell.value {
      text = Escaping.markdown(value.text)
      if cell.isBest { text = "**\(text)**" }
      text += footnote(value)
      if !value.error.isEmpty { text += " <sub>\(Escaping.markdown(value.error))</sub>" }
    }
    if comparison != .none, let published = cell.published {
      text +=
        "<br><sub>published: \(Escaping.markdown(published.text))\(difference(published))</sub>"
    }
    return text
  }

  private func notes(of table: Table) -> String {
    var notes = table.notes
    if table.rows.contains(where: { $0.cells.contains(where: \.isBest) }) {
      notes.append("Bold: the best of its row.")
    }
    if table.comparison != .none, let source = table.publishedSource {
      notes.append("Small figures are published: \(source).")
    }
    let made = rowsMade(of: table)
    if !made.isEmpty { notes.append("How the figures were made: " + made) }
    return notes.isEmpty
      ? "" : "<sub>" + notes.map(Escaping.markdown).joined(separator: " ") + "</sub>"
  }

  /// What a tooltip says of each row's figures in HTML, once for all rows of which it is true.
  private func rowsMade(of table: Table) -> String {
    var facts: [(note: String, rows: [String])] = []
    for row in table.rows {
      guard let note = row.cells.compactMap({ $0.value?.note }).first else { continue }
      if let index = facts.firstIndex(where: { $0.note == note }) {
        facts[index].rows.append(row.label)
      } else {
        facts.append((note, [row.label]))
      }
    }
    guard !facts.isEmpty else { return "" }
    return facts.map { "\($0.rows.joined(separator: ", "))—\($0.note)" }.joined(separator: "; ")
      + "."
  }

  /// GitHub renders HTML tables, with spans.
  mutating func htmlTable(_ table: Table) -> String {
    let top = table.groups.map { group in
      "<th colspan=\"\(group.columns.count)\">\(Escaping.text(group.label))</th>"
    }
    var lines = [
      "<table>", "<tr><th rowspan=\"2\">\(Escaping.text(table.stub))</th>\(top.joined())</tr>",
    ]
    let columns = table.columns.map { "<th>\(Escaping.text($0.label))</th>" }.joined()
    if table.hasGroups {
      lines.append("<tr>\(columns)</tr>")
    } else {
      lines[1] = "<tr><th>\(Escaping.text(table.stub))</th>\(columns)</tr>"
    }
    for row in table.rows {
      let label = row.unit.isEmpty ? row.label : "\(row.label) (\(row.unit))"
      let cells = row.cells.map { cell -> String in
        var text = Escaping.text(cell.value?.text ?? "—")
        if cell.isBest { text = "<b>\(text)</b>" }
        if let cause = cell.value?.cause { text += " <sub>(\(Escaping.text(cause)))</sub>" }
        if let error = cell.value?.error, !error.isEmpty {
          text += " <sub>\(Escaping.text(error))</sub>"
        }
        if table.comparison != .none, let published = cell.published {
          text += "<br><sub>published: \(Escaping.text(published.text))</sub>"
        }
        return "<td align=\"right\">\(text)</td>"
      }
      lines.append("<tr><th align=\"left\">\(Escaping.text(label))</th>\(cells.joined())</tr>")
    }
    return (lines + ["</table>"]).joined(separator: "\n")
  }

  private mutating func figure(_ chart: Chart, _ caption: Report.Caption) -> String {
    chartCount += 1
    let name = caption.identifier ?? "figure-\(chartCount)"
    let line = "**\(number("Figure", caption))** " + singleLine(caption.text)
    guard place == .folder else {
      chartsLeftOut.append(name)
      return [anchor(caption) + line, data(of: chart)].joined(separator: "\n\n")
    }
    let title = PlainText.of(caption.text) {
      report.values.indices.contains($0) ? report.values[$0].text : ""
    }
    let path = "\(report.name)_files/\(name).svg"
    let description = caption.alternative ?? title
    files.append(
      .init(
        path: path, text: ChartSVG(chart).standalone(title: title, description: description)))
    let image =
      "![\(Escaping.markdown(description))](\(path.replacing(" ", with: "%20")))"
    let data = "<details><summary>Data of the figure</summary>\n\n\(data(of: chart))\n\n</details>"
    return [anchor(caption) + image, line, data].joined(separator: "\n\n")
  }

  private mutating func data(of chart: Chart) -> String {
    let data = ChartData(chart)
    var lines = [[""] + data.header.map(Escaping.markdown)]
    lines.append(["---"] + data.header.map { _ in "---:" })
    for row in data.rows {
      var cells = [Escaping.markdown(row.name)]
      for cell in row.values { cells.append(cell.map { value($0) } ?? "—") }
      lines.append(cells)
    }
    return rows(lines)
  }
}

extension String {
  fileprivate var trimmingEndOfLines: String {
    String(reversed().drop { $0 == "\n" || $0 == "\r\n" }.reversed())
  }
}

extension [Inline] {
  /// A bar in a formula would end the cell of a table.
  fileprivate var withoutBars: Self {
    map { inline in
      guard case .formula(let source, let isDisplay) = inline else { return inline }
      return .formula(
        source: source.replacing("\\|", with: "\\Vert{}").replacing("|", with: "\\vert{}"),
        isDisplay: isDisplay)
    }
  }
}
