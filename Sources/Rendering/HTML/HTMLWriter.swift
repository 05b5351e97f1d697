import Diagnostics
import Formulas
import Foundation
import Markdown
import NotebookLanguage
import Paths

/// Writes the body of a report: headings with numbers and anchors, running text, and what cells show.
struct HTMLWriter {
  let report: Report
  /// Names for the places of the report's cells; empty where these are not marked.
  private let cells: [String]
  /// Those written so far that begin a section.
  private(set) var headings: [HTMLPage.Heading] = []
  private var sectionNumbers: ArraySlice<String>
  private var anchors: HeadingAnchors
  private var sanitizer: HTMLSanitizer
  /// Labels in the order of their first references; a footnote's number is its place here.
  private var footnoteLabels: [String] = []
  private var footnoteUses: [String: Int] = [:]
  private let footnotes: [String: [Block]]
  /// Labels of the notes that the block being written is the first to refer to.
  private var sideNotes: [String] = []
  /// Whether this is for the eye alone: without links, identifiers and stops of the keyboard, all of which
  /// what it is a copy of has.
  private var isCopy = false
  /// Whether something was met that has no place in a copy.
  private var cannotBeCopied = false
  private var chartCount = 0

  init(report: Report, cells: [String] = []) {
    self.report = report
    self.cells = cells
    sanitizer = HTMLSanitizer(report)
    sectionNumbers = SectionNumbers.all(in: report.blocks)[...]
    let notes = report.blocks.compactMap { block -> (String, [Block])? in
      guard case .footnoteDefinition(let label, let content) = block.kind else { return nil }
      return (label, content)
    }
    footnotes = Dictionary(notes) { first, _ in first }
    anchors = HeadingAnchors(taken: Self.identifiers(in: report))
  }

  /// Anchors that the author or the page itself has chosen.
  private static func identifiers(in report: Report) -> Set<String> {
    var identifiers: Set<String> = ["content", "contents", "provenance"]
    for block in report.blocks {
      if case .heading(_, _, let identifier?) = block.kind { identifiers.insert(identifier) }
    }
    identifiers.formUnion(report.references.map(\.identifier))
    if report.referencesHeading == nil { identifiers.insert("references") }
    for case .table(_, let caption) in report.outputs.joined() {
      identifiers.formUnion([caption.identifier].compactMap(\.self))
    }
    for case .chart(_, let caption) in report.outputs.joined() {
      identifiers.formUnion([caption.identifier].compactMap(\.self))
    }
    return identifiers
  }

  /// Links to the headings written so far, two levels of them.
  var tableOfContents: String {
    let top = headings.map(\.level).min() ?? 1
    let items = headings.filter { $0.level <= top + 1 }.map { heading in
      "<li class=\"level-\(heading.level - top + 1)\"><a href=\"#\(Escaping.attribute(heading.anchor))\">"
        + "<span class=\"number\">\(heading.number)</span> <span>\(Escaping.text(heading.text))</span>"
        + "</a></li>"
    }
    guard items.count > 1 else { return "" }
    return "<nav class=\"contents\" aria-labelledby=\"contents\"><p id=\"contents\">Contents</p>\n"
      + "<ol>\n\(items.joined(separator: "\n"))\n</ol></nav>"
  }

  // MARK: - Blocks

  private mutating func blocks(_ blocks: [Block]) -> String {
    let outer = sanitizer.enter()
    let html = blocks.map { block($0) }.filter { !$0.isEmpty }.joined(separator: "\n")
    return html + sanitizer.leave(outer)
  }

  /// The report's body, with every element closed that the author's own HTML left open, and its notes:
  /// each beside the block that refers to it, for wide pages, and all of them at the end.
  mutating func body() -> String {
    var parts: [String] = []
    let referencesHeading = report.referencesHeading
    for (index, block) in report.blocks.enumerated() {
      sideNotes = []
      if case .heading(let level, let content, let identifier) = block.kind {
        parts.append(section(level, content, identifier))
        if index == referencesHeading { parts.append(references()) }
      } else {
        let html = self.block(block)
        parts += sideNotes.map { sideNote($0) } + [html]
      }
    }
    parts.append(sanitizer.closingTags())
    if referencesHeading == nil { parts.append(references()) }
    let notes = footnoteLabels.compactMap { label in
      footnotes[label].map { footnote(label, $0) }
    }
    if !notes.isEmpty {
      parts.append(
        "<section class=\"footnotes\" aria-label=\"Notes\"><ol>\n"
          + notes.joined(separator: "\n") + "\n</ol></section>")
    }
    return parts.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private mutating func block(_ block: Block) -> String {
    switch block.kind {
    case .heading(let level, let content, let identifier):
      let anchor = isCopy ? "" : identifier.map { " id=\"\(Escaping.attribute($0))\"" } ?? ""
      let tag = tag(ofLevel: level)
      return "<\(tag)\(anchor)>\(inline(content))</\(tag)>"
    case .paragraph(let content): return pictureFigure(content) ?? paragraph(content)
    case .blockQuote(let content): return "<blockquote>\n\(blocks(content))\n</blockquote>"
    case .callout(let callout, let content):
      let name = callout.rawValue
      return "<div class=\"callout \(name)\" role=\"note\"><p class=\"callout-title\">"
        + "\(name.prefix(1).uppercased() + name.dropFirst())</p>\n\(blocks(content))\n</div>"
    case .list(let list): return self.list(list)
    case .codeBlock(let info, let literal): return listing(info, literal)
    case .html(let html): return self.html(html)
    case .thematicBreak: return "<hr>"
    case .table(let table): return self.table(table)
    case .footnoteDefinition: return ""
    case .placeholder where isCopy:
      cannotBeCopied = true
      return ""
    case .placeholder(let index):
      guard report.outputs.indices.contains(index) else { return "" }
      let mark =
        cells.indices.contains(index)
        ? "<div class=\"cell-place\" data-cell=\"\(Escaping.attribute(cells[index]))\" hidden></div>\n"
        : ""
      return mark + report.outputs[index].map { output($0) }.joined(separator: "\n")
    }
  }

  /// The works cited, under the heading that the author gave them or one of their own.
  private mutating func references() -> String {
    guard !report.references.isEmpty else { return "" }
    let entries = report.references.map {
      "<li id=\"\(Escaping.attribute($0.identifier))\">\(inline($0.text))</li>"
    }
    let heading =
      report.referencesHeading != nil ? "" : "<h2 id=\"references\">References</h2>\n"
    return "<section class=\"references\" aria-label=\"References\">\n\(heading)<ol>\n"
      + entries.joined(separator: "\n") + "\n</ol></section>"
  }

  /// A paragraph; formulas on lines of their own stand between its parts, where they can scroll.
  private mutating func paragraph(_ content: [Inline]) -> String {
    var parts: [String] = []
    var words: [Inline] = []
    for inline in content {
      guard case .formula(let source, true) = inline else {
        if !(words.isEmpty && inline == .softBreak) || parts.isEmpty { words.append(inline) }
        continue
      }
      if words.last == .softBreak { words.removeLast() }
      if !words.isEmpty { parts.append("<p>\(self.inline(words))</p>") }
      words = []
      parts.append(
        "<div class=\"formula\"\(stop) role=\"group\" aria-label=\"Formula\">"
          + "\(formula(source, isDisplay: true))</div>")
    }
    if !words.isEmpty || parts.isEmpty { parts.append("<p>\(inline(words))</p>") }
    return parts.joined(separator: "\n")
  }

  /// A picture that stands alone is a figure, with its title as the caption.
  private mutating func pictureFigure(_ content: [Inline]) -> String? {
    guard content.count == 1, case .image(let source, let title, let alternative) = content[0],
      let picture = report.pictures[PathKey(source)]
    else { return nil }
    let caption = title.isEmpty ? "" : "\n<figcaption>\(pictureCaption(title))</figcaption>"
    return "<figure class=\"picture\"><img src=\"\(Self.embedded(picture))\" "
      + "alt=\"\(Escaping.attribute(report.plain(alternative)))\">\(caption)</figure>"
  }

  /// A picture's title as Markdown, as far as it is one paragraph.
  private mutating func pictureCaption(_ title: String) -> String {
    guard let blocks = try? MarkdownParser.parse(title), blocks.count == 1,
      case .paragraph(let content) = blocks[0].kind
    else { return Escaping.text(title) }
    return inline(content)
  }

  private static func embedded(_ picture: Picture) -> String {
    "data:\(picture.kind.mediaType);base64,\(Data(picture.bytes).base64EncodedString())"
  }

  /// The title is the page's one heading of the first level.
  private func tag(ofLevel level: Int) -> String { "h\(min(level + 1, 6))" }

  /// A heading that begins a section: one that stands in no quotation or list.
  private mutating func section(_ level: Int, _ content: [Inline], _ identifier: String?) -> String
  {
    let number = sectionNumbers.popFirst() ?? ""
    let html = inline(content)
    let text = report.plain(content)
    let identifier = identifier ?? anchors.anchor(for: text)
    headings.append(.init(level: level, number: number, anchor: identifier, text: text))
    let anchor = Escaping.attribute(identifier)
    let tag = tag(ofLevel: level)
    return "<\(tag) id=\"\(anchor)\"><span class=\"number\">\(number)</span> \(html)"
      + "<a class=\"anchor\" href=\"#\(anchor)\" aria-label=\"Link to this section\">#</a></\(tag)>"
  }

  private static func isAddress(_ text: String, of destination: String) -> Bool {
    ["", "http://", "https://", "mailto:"].contains { $0 + text == destination }
  }

  private mutating func list(_ list: Block.List) -> String {
    let tag = list.start == nil ? "ul" : "ol"
    let start = list.start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
    let items = list.items.map { item -> String in
      let outer = sanitizer.enter()
      let content = item.content.map { block -> String in
        // A tight list has no space between its paragraphs.
        if list.isTight, case .paragraph(let text) = block.kind { return inline(text) }
        return self.block(block)
      }.joined(separator: "\n")
      let box = item.isChecked.map {
        "<input type=\"checkbox\" disabled\($0 ? " checked" : "") "
          + "aria-label=\"\($0 ? "Done" : "To do")\"> "
      }
      return
        "<li\(box == nil ? "" : " class=\"task\"")>\(box ?? "")\(content)\(sanitizer.leave(outer))</li>"
    }
    return "<\(tag)\(start)>\n\(items.joined(separator: "\n"))\n</\(tag)>"
  }

  private func listing(_ info: String, _ literal: String) -> String {
    let language = info.split(separator: " ").first.map(String.init) ?? ""
    let attribute = language.isEmpty ? "" : " class=\"language-\(Escaping.attribute(language))\""
    let code = CodeHighlighter.html(literal, language: language)
    return "<pre\(stop)><code\(attribute)>\(code)</code></pre>"
  }

  private mutating func table(_ table: MarkdownTable) -> String {
    func style(_ column: Int) -> String {
      guard table.alignments.indices.contains(column) else { return "" }
      switch table.alignments[column] {
      case .none: return ""
      case .left: return " class=\"left\""
      case .center: return " class=\"center\""
      case .right: return " class=\"right\""
      }
    }
    let header = table.header.enumerated().map { column, cell in
      "<th scope=\"col\"\(style(column))>\(inline(cell))</th>"
    }
    let rows = table.rows.map { row in
      let cells = row.enumerated().map { column, cell in
        "<td\(style(column))>\(inline(cell))</td>"
      }
      return "<tr>\(cells.joined())</tr>"
    }
    let body = rows.isEmpty ? "" : "<tbody>\n\(rows.joined(separator: "\n"))\n</tbody>"
    return "<div class=\"scroll\"\(stop)><table class=\"plain\"><thead><tr>"
      + "\(header.joined())</tr></thead>\(body)</table></div>"
  }

  private mutating func footnote(_ label: String, _ content: [Block]) -> String {
    let number = footnoteNumber(label)
    let uses = max(footnoteUses[label] ?? 1, 1)
    let links = (1...uses).map { use in
      let place = uses > 1 ? ", place \(use)" : ""
      return "<a class=\"back\" href=\"#fnref-\(number)-\(use)\" "
        + "aria-label=\"Back to the text\(place)\">↩</a>"
    }
    return "<li id=\"fn-\(number)\">\(blocks(content)) \(links.joined(separator: " "))</li>"
  }

  /// Where the keyboard stops, so that it can scroll.
  private var stop: String { isCopy ? "" : " tabindex=\"0\"" }

  /// A note beside the text. It says nothing that the notes at the end do not; one with what a cell shows, or
  /// with HTML that may be anything, stands there alone.
  private func sideNote(_ label: String) -> String {
    guard let content = footnotes[label], let number = footnoteLabels.firstIndex(of: label) else {
      return ""
    }
    // What stands here twice must not count twice.
    var writer = self
    writer.isCopy = true
    writer.cannotBeCopied = false
    writer.sanitizer = HTMLSanitizer(report, isCopy: true)
    let html = writer.blocks(content) + writer.sanitizer.closingTags()
    guard !writer.cannotBeCopied else { return "" }
    return "<aside class=\"side-note\" aria-hidden=\"true\"><span class=\"note-number\">"
      + "\(number + 1)</span> \(html)</aside>"
  }

  private mutating func footnoteReference(_ label: String) -> String {
    let number = footnoteNumber(label)
    if isCopy { return "<sup class=\"note\">\(number)</sup>" }
    let use = (footnoteUses[label] ?? 0) + 1
    if use == 1 { sideNotes.append(label) }
    footnoteUses[label] = use
    return "<sup class=\"note\"><a id=\"fnref-\(number)-\(use)\" href=\"#fn-\(number)\" "
      + "aria-label=\"Note \(number)\">\(number)</a></sup>"
  }

  private mutating func footnoteNumber(_ label: String) -> Int {
    if let known = footnoteLabels.firstIndex(of: label) { return known + 1 }
    footnoteLabels.append(label)
    return footnoteLabels.count
  }

  // MARK: - Running text

  mutating func inline(_ inlines: [Inline]) -> String {
    let outer = sanitizer.enter()
    let html = inlines.map { inline in
      switch inline {
      case .text(let text): return Escaping.text(text)
      case .code(let text): return "<code>\(Escaping.text(text.withVisibleControls))</code>"
      case .emphasis(let content): return "<em>\(self.inline(content))</em>"
      case .strong(let content): return "<strong>\(self.inline(content))</strong>"
      case .strikethrough(let content): return "<del>\(self.inline(content))</del>"
      case .link(let destination, let title, let content):
        let text = self.inline(content)
        guard !isCopy, let target = HTMLSanitizer.safeLink(destination) else { return text }
        let hint = title.isEmpty ? "" : " title=\"\(Escaping.attribute(title))\""
        // Printed, a link has its address behind it, except for one that is its own text.
        let own = Self.isAddress(report.plain(content), of: destination) ? " class=\"address\"" : ""
        return "<a href=\"\(Escaping.target(target))\"\(own)\(hint)>\(text)</a>"
      case .image(let source, let title, let alternative):
        let text = Escaping.attribute(report.plain(alternative))
        if let picture = report.pictures[PathKey(source)] {
          let hint = title.isEmpty ? "" : " title=\"\(Escaping.attribute(title))\""
          return "<img src=\"\(Self.embedded(picture))\" alt=\"\(text)\"\(hint)>"
        }
        guard let source = HTMLSanitizer.safeImage(source) else {
          return "<span class=\"missing\">[image: \(text)]</span>"
        }
        return "<img src=\"\(Escaping.attribute(source))\" alt=\"\(text)\">"
      case .html(let html): return self.html(html)
      case .footnoteReference(let label): return footnoteReference(label)
      case .formula(let source, let isDisplay): return formula(source, isDisplay: isDisplay)
      case .softBreak: return "\n"
      case .lineBreak: return "<br>\n"
      case .placeholder(let index): return report.value(index).map { HTMLValue.span($0) } ?? ""
      }
    }.joined()
    return html + sanitizer.leave(outer)
  }

  private mutating func html(_ html: String) -> String {
    if report.options.trustsHTML { cannotBeCopied = true }
    return sanitizer.sanitize(html)
  }

  /// A formula that cannot be read was reported before anything ran; it stays as it was written.
  private func formula(_ source: String, isDisplay: Bool) -> String {
    let text = Placeholders.replacing(in: source, report.valueText)
    guard let formula = try? FormulaParser.parse(source) else {
      return "<code>\(Escaping.text(text))</code>"
    }
    return MathMLWriter(value: report.valueText).math(formula, source: text, isDisplay: isDisplay)
  }

  // MARK: - Outputs

  private mutating func output(_ output: Report.Output) -> String {
    switch output {
    case .table(let table, let caption):
      return HTMLTable(table).figure(
        identifier: caption.identifier, caption: self.caption("Table", caption))
    case .chart(let chart, let caption): return figure(chart, caption)
    case .listing(let language, let text, let isFolded):
      let code = listing(language, text)
      return isFolded
        ? "<details class=\"code\"><summary>Code</summary>\n\(code)\n</details>" : code
    case .failure(let failure):
      let help = failure.help.map { "<p>Help: \(Escaping.text($0))</p>" } ?? ""
      let place = failure.place.map { "<p><code>\(Escaping.text($0))</code></p>" } ?? ""
      return
        "<div class=\"failure\" role=\"note\"><p><strong>\(Escaping.text(failure.cell))</strong></p>"
        + "<p>\(Escaping.text(failure.message))</p>\(help)\(place)</div>"
    case .remark(let text): return "<div class=\"remark\">\(Escaping.text(text))</div>"
    }
  }

  private mutating func caption(_ kind: String, _ caption: Report.Caption) -> String {
    if caption.number == nil, caption.text.isEmpty { return "" }
    return "<span class=\"label\">\(caption.title(of: kind))</span> \(inline(caption.text))"
  }

  private mutating func figure(_ chart: Chart, _ caption: Report.Caption) -> String {
    chartCount += 1
    let identifier = caption.identifier ?? "unlabelled-figure-\(chartCount)"
    let title = report.plain(caption.text)
    let svg = ChartSVG(chart).inline(
      identifier: identifier, title: title, description: caption.alternative ?? title)
    return """
      <figure id="\(Escaping.attribute(identifier))" class="chart-figure">
      <div class="scroll" tabindex="0" role="group" aria-label="Figure, scrolls sideways">
      \(svg)
      </div>
      <figcaption>\(self.caption("Figure", caption))</figcaption>
      <details class="data"><summary>Data of the figure</summary>
      \(ChartDataTable.html(chart))
      </details>
      </figure>
      """
  }
}
