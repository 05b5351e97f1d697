internal import CCmarkGFM

/// Turns cmark's nodes into values. Its depth is that of the tree, which is checked before.
struct CmarkConversion {
  private let sourceLines: SourceLines
  /// Labels as typed in the definitions. cmark replaces the label in a reference by its number, from
  /// 1, puts the definitions in that order, and does not tell theirs: they are read from the source.
  private let footnoteLabels: [String]
  private let formulas: FormulaScanner

  init(_ document: CmarkDocument, sourceLines: SourceLines, formulas: FormulaScanner) {
    self.sourceLines = sourceLines
    self.formulas = formulas
    footnoteLabels = CmarkChildren(of: document.root)
      .filter { cmark_node_get_type($0) == CMARK_NODE_FOOTNOTE_DEFINITION }
      .map { footnoteLabel(in: sourceLines.line(Int(cmark_node_get_start_line($0)))) }
  }

  // MARK: Blocks

  func blocks(in parent: OpaquePointer) -> [Block] {
    CmarkChildren(of: parent).compactMap { block($0) }
  }

  private func block(_ node: OpaquePointer) -> Block? {
    let kind: Block.Kind
    switch cmark_node_get_type(node) {
    case CMARK_NODE_HEADING: kind = heading(node)
    case CMARK_NODE_PARAGRAPH: kind = .paragraph(inlines(in: node))
    case CMARK_NODE_BLOCK_QUOTE: kind = quotation(blocks(in: node))
    case CMARK_NODE_LIST: kind = .list(list(node))
    case CMARK_NODE_CODE_BLOCK:
      kind = .codeBlock(
        info: string(cmark_node_get_fence_info(node)),
        literal: formulas.restoring(string(cmark_node_get_literal(node))))
    case CMARK_NODE_HTML_BLOCK:
      kind = .html(formulas.restoring(string(cmark_node_get_literal(node))))
    case CMARK_NODE_THEMATIC_BREAK: kind = .thematicBreak
    case CMARK_NODE_FOOTNOTE_DEFINITION:
      kind = .footnoteDefinition(
        label: footnoteLabel(in: sourceLines.line(Int(cmark_node_get_start_line(node)))),
        content: blocks(in: node))
    default:
      guard isExtension("table", node) else { return nil }
      kind = .table(table(node))
    }
    return Block(kind, lines: lines(of: node))
  }

  private func heading(_ node: OpaquePointer) -> Block.Kind {
    var content = inlines(in: node)
    var identifier: String?
    if case .text(let text)? = content.last, let found = HeadingAttribute(endOf: text) {
      identifier = found.identifier
      content.removeLast()
      if !found.before.isEmpty { content.append(.text(found.before)) }
    }
    return .heading(
      level: Int(cmark_node_get_heading_level(node)), content: content, identifier: identifier)
  }

  /// A blockquote, or the callout that its first line makes of it.
  private func quotation(_ blocks: [Block]) -> Block.Kind {
    guard let first = blocks.first, case .paragraph(var content) = first.kind,
      case .text(let text)? = content.first, text.hasPrefix("[!"), text.hasSuffix("]"),
      let callout = Block.Callout(rawValue: text.dropFirst(2).dropLast().lowercased())
    else { return .blockQuote(blocks) }
    content.removeFirst()
    // Only a line of its own is a title.
    guard content.isEmpty || content.first == .softBreak else { return .blockQuote(blocks) }
    let rest = content.dropFirst()
    let paragraph = Block(.paragraph(Array(rest)), lines: first.lines)
    return .callout(callout, (rest.isEmpty ? [] : [paragraph]) + blocks.dropFirst())
  }

  private func list(_ node: OpaquePointer) -> Block.List {
    let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
    var items: [Block.List.Item] = []
    for item in CmarkChildren(of: node) {
      let isTask = isExtension("tasklist", item)
      let isChecked = isTask ? cmark_gfm_extensions_get_tasklist_item_checked(item) : nil
      items.append(.init(isChecked: isChecked, content: blocks(in: item)))
    }
    return Block.List(
      start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil,
      isTight: cmark_node_get_list_tight(node) != 0, items: items)
  }

  private func table(_ node: OpaquePointer) -> MarkdownTable {
    let width = Int(cmark_gfm_extensions_get_table_columns(node))
    let codes = UnsafeBufferPointer(
      start: cmark_gfm_extensions_get_table_alignments(node), count: width)
    let alignments = codes.map { code -> MarkdownTable.Alignment in
      switch code {
      case UInt8(ascii: "l"): .left
      case UInt8(ascii: "c"): .center
      case UInt8(ascii: "r"): .right
      default: .none
      }
    }
    var rows: [[[Inline]]] = []
    for row in CmarkChildren(of: node) {
      var cells: [[Inline]] = []
      for cell in CmarkChildren(of: row).prefix(width) { cells.append(inlines(in: cell)) }
      cells += Array(repeating: [], count: width - cells.count)
      rows.append(cells)
    }
    let header = rows.isEmpty ? Array(repeating: [], count: width) : rows.removeFirst()
    return MarkdownTable(alignments: alignments, header: header, rows: rows)
  }

  /// cmark lets containers end with the blank lines after them, and some blocks before their start.
  private func lines(of node: OpaquePointer) -> ClosedRange<Int> {
    let first = max(1, Int(cmark_node_get_start_line(node)))
    var last = max(first, Int(cmark_node_get_end_line(node)))
    // The blank lines of a fenced listing are its own.
    if !isFenced(node) { last = sourceLines.lastFilled(from: first, through: last) }
    return first...last
  }

  private func isFenced(_ node: OpaquePointer) -> Bool {
    var (length, offset): (Int32, Int32) = (0, 0)
    var character: CChar = 0
    return cmark_node_get_fenced(node, &length, &offset, &character) != 0
  }

  // MARK: Inlines

  private func inlines(in parent: OpaquePointer) -> [Inline] {
    var result: [Inline] = []
    var text = ""
    func flushed(_ text: inout String) -> [Inline] {
      defer { text = "" }
      return runs(of: text)
    }
    for node in CmarkChildren(of: parent) {
      if cmark_node_get_type(node) == CMARK_NODE_TEXT {
        text += string(cmark_node_get_literal(node))
      } else if let inline = inline(node) {
        result += flushed(&text)
        result.append(inline)
      }
    }
    result += flushed(&text)
    // A formula's further lines leave nothing but the breaks before them.
    return result.contains(.continuation) ? result.withoutContinuations : result
  }

  /// Text cut at its tokens of both kinds.
  private func runs(of text: String) -> [Inline] {
    Placeholders.formulaPieces(of: text).flatMap { piece -> [Inline] in
      switch piece {
      case .text(let text):
        return Placeholders.pieces(of: text).map { piece in
          switch piece {
          case .text(let text): .text(text)
          case .placeholder(let index): .placeholder(index)
          }
        }
      case .placeholder(let index):
        guard formulas.pieces.indices.contains(index) else { return [] }
        guard let formula = formulas.pieces[index].formula else { return [.continuation] }
        return [.formula(source: formula.source, isDisplay: formula.isDisplay)]
      }
    }
  }

  private func inline(_ node: OpaquePointer) -> Inline? {
    switch cmark_node_get_type(node) {
    case CMARK_NODE_SOFTBREAK: .softBreak
    case CMARK_NODE_LINEBREAK: .lineBreak
    case CMARK_NODE_CODE: .code(formulas.restoring(string(cmark_node_get_literal(node))))
    case CMARK_NODE_HTML_INLINE: .html(formulas.restoring(string(cmark_node_get_literal(node))))
    case CMARK_NODE_EMPH: .emphasis(inlines(in: node))
    case CMARK_NODE_STRONG: .strong(inlines(in: node))
    case CMARK_NODE_LINK:
      .link(
        destination: target(of: node), title: title(of: node), content: inlines(in: node))
    case CMARK_NODE_IMAGE:
      .image(
        source: target(of: node), title: title(of: node), alternative: inlines(in: node))
    case CMARK_NODE_FOOTNOTE_REFERENCE: footnoteReference(string(cmark_node_get_literal(node)))
    default: isExtension("strikethrough", node) ? .strikethrough(inlines(in: node)) : nil
    }
  }

  private func target(of node: OpaquePointer) -> String {
    formulas.restoring(Placeholders.decodingTokens(in: string(cmark_node_get_url(node))))
  }

  private func title(of node: OpaquePointer) -> String {
    formulas.restoring(string(cmark_node_get_title(node)))
  }

  private func footnoteReference(_ number: String) -> Inline {
    guard let index = Int(number), footnoteLabels.indices.contains(index - 1) else {
      return .text("[^\(number)]")
    }
    return .footnoteReference(label: footnoteLabels[index - 1])
  }
}

extension Inline {
  /// Stands for a further line of a formula until it is dropped.
  fileprivate static let continuation = Self.formula(source: "", isDisplay: true)
}

extension [Inline] {
  fileprivate var withoutContinuations: [Inline] {
    var kept: [Inline] = []
    for inline in self {
      if inline == .continuation {
        if kept.last == .softBreak { kept.removeLast() }
      } else {
        kept.append(inline)
      }
    }
    return kept
  }
}

/// The ` {#identifier}` at the end of a heading's text.
struct HeadingAttribute {
  let before: String
  let identifier: String

  init?(endOf text: String) {
    guard text.hasSuffix("}"), let start = text.lastIndex(of: "{") else { return nil }
    let inner = text[text.index(after: start)...].dropLast()
    let allowed = { (c: Character) in c.isLetter || c.isNumber || "-_.:".contains(c) }
    guard inner.first == "#", let initial = inner.dropFirst().first, initial.isLetter,
      inner.dropFirst().allSatisfy(allowed)
    else { return nil }
    var before = text[..<start]
    while before.last?.isWhitespace == true { before.removeLast() }
    self.before = String(before)
    identifier = String(inner.dropFirst())
  }
}

/// What stands between `[^` and `]` on the first line of a footnote's definition.
private func footnoteLabel(in line: Substring) -> String {
  guard let opening = line.firstRange(of: "[^") else { return "" }
  return String(line[opening.upperBound...].prefix { $0 != "]" })
}

/// Extensions get their types at run time; the name is what stays.
private func isExtension(_ name: String, _ node: OpaquePointer) -> Bool {
  string(cmark_node_get_type_string(node)) == name
}

/// cmark keeps ownership of what it returns; NULL is the empty string.
private func string(_ pointer: UnsafePointer<CChar>?) -> String {
  pointer.map { String(cString: $0) } ?? ""
}
