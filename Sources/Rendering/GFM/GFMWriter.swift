import Diagnostics
import Markdown
import NotebookLanguage

/// Writes the parts of a report as Markdown, for GitHub or for the cells of a Jupyter notebook.
struct GFMWriter {
  let report: Report
  let place: GFMPlace
  /// Writes running text, and keeps what that needs besides: files and footnotes.
  var text: GFMText
  var chartsLeftOut: [String] = []
  var chartCount = 0
  private var sectionNumbers: ArraySlice<String>

  init(report: Report, place: GFMPlace) {
    self.report = report
    self.place = place
    text = GFMText(report: report, place: place)
    sectionNumbers = SectionNumbers.all(in: report.blocks)[...]
  }

  /// The charts and pictures of what is written so far.
  var files: [ReportFile] { text.files.written }

  mutating func write() -> String {
    var parts = [head]
    let referencesHeading = report.referencesHeading
    for (index, block) in report.blocks.enumerated() {
      parts.append(self.block(block, isTopLevel: true))
      if index == referencesHeading { parts.append(references) }
    }
    if referencesHeading == nil { parts.append(references) }
    parts.append(provenance)
    parts += text.footnotes.causes
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  /// Title, authors and abstract, in the text's own form.
  var head: String {
    mutating get {
      var parts = ["# " + text.inline(report.title)]
      let byline = (report.authors + [report.date].compactMap(\.self)).map(Escaping.markdown)
      if !byline.isEmpty { parts.append("*" + byline.joined(separator: " · ") + "*") }
      if !report.subtitle.isEmpty {
        parts.insert("**\(text.singleLine(report.subtitle))**", at: 1)
      }
      if !report.abstract.isEmpty { parts.append("**Abstract.** " + text.inline(report.abstract)) }
      if let summary = report.summary { parts.append(protectingStart(Escaping.markdown(summary))) }
      return parts.joined(separator: "\n\n")
    }
  }

  var references: String {
    mutating get {
      guard !report.references.isEmpty else { return "" }
      let entries = report.references.enumerated().map { index, entry in
        "\(index + 1). <a id=\"\(Escaping.htmlInMarkdown(entry.identifier))\"></a>\(text.inline(entry.text))"
      }
      let list = entries.joined(separator: "\n")
      return report.referencesHeading != nil ? list : "## References\n\n" + list
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

  /// The notes that the cells written so far refer to, as a numbered list.
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
      while index < text.footnotes.labels.count {
        let content = contents[text.footnotes.labels[index]]
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

  // MARK: - Blocks

  /// - Parameter isTopLevel: whether a heading begins a section, and so has a number.
  mutating func block(_ block: Block, isTopLevel: Bool = false) -> String {
    switch block.kind {
    case .heading(let level, let content, let identifier):
      let number = isTopLevel ? sectionNumbers.popFirst().map { "\($0) " } ?? "" : ""
      // The report's title is the one heading of the first level.
      let marks = String(repeating: "#", count: min(level + 1, 6))
      return anchor(identifier) + marks + " " + number + text.inline(content)
    case .paragraph(let content): return protectingStart(text.inline(content))
    case .blockQuote(let blocks): return quotation(self.blocks(blocks))
    case .callout(let callout, let blocks):
      let name = callout.rawValue
      let head =
        place == .jupyterCell
        ? "**\(name.prefix(1).uppercased() + name.dropFirst())**\n\n" : "[!\(name.uppercased())]\n"
      return quotation(head + self.blocks(blocks))
    case .list(let list): return self.list(list)
    case .codeBlock(let info, let literal): return listing(info, literal)
    case .html(let html): return text.html(html).trimmingEndOfLines
    case .thematicBreak: return "---"
    case .table(let table): return self.table(table)
    case .footnoteDefinition where place == .jupyterCell: return ""
    case .footnoteDefinition(let label, let content):
      return prefixed(
        blocks(content), first: "[^\(GFMFootnotes.name(label))]: ", rest: "    ")
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
    let rows = ([table.header] + table.rows).map { row in
      row.map { text.singleLine($0.withoutBars) }
    }
    return GFMTable(alignments: table.alignments, header: rows[0], rows: Array(rows.dropFirst()))
      .text
  }

  /// A link's target before a heading, a table or a figure.
  func anchor(_ identifier: String?) -> String {
    identifier.map { "<a id=\"\(Escaping.htmlInMarkdown($0))\"></a>\n\n" } ?? ""
  }

  /// A fenced block of code, whatever stands in it.
  func listing(_ info: String, _ literal: String) -> String {
    let marks = String(repeating: "`", count: max(3, literal.longestBackticks + 1))
    let kind = Escaping.replacing(info.onOneLine) { $0 == "`" ? "" : nil }
    return "\(marks)\(kind)\n\(literal.withVisibleControls.trimmingEndOfLines)\n\(marks)"
  }

  private func quotation(_ text: String) -> String { prefixed(text, first: "> ", rest: "> ") }

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
}

extension String {
  fileprivate var trimmingEndOfLines: String {
    String(reversed().drop { $0 == "\n" || $0 == "\r\n" }.reversed())
  }
}

extension [Inline] {
  /// A bar in a formula or in code would end the cell of a table.
  fileprivate var withoutBars: Self {
    map { inline in
      switch inline {
      case .formula(let source, let isDisplay):
        return .formula(
          source: source.replacing("\\|", with: "\\Vert{}").replacing("|", with: "\\vert{}"),
          isDisplay: isDisplay)
      // Tables take the backslash away before they look for code.
      case .code(let text): return .code(Escaping.replacing(text) { $0 == "|" ? "\\|" : nil })
      case .emphasis(let content): return .emphasis(content.withoutBars)
      case .strong(let content): return .strong(content.withoutBars)
      case .strikethrough(let content): return .strikethrough(content.withoutBars)
      case .link(let destination, let title, let content):
        return .link(destination: destination, title: title, content: content.withoutBars)
      default: return inline
      }
    }
  }
}
