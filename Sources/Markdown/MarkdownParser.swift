import CCmarkGFM

/// Reads CommonMark with GitHub's extensions: tables, strikethrough, autolinks, task lists, footnotes.
///
/// Text tokens of `Placeholders` become `Inline.placeholder`; in code they stay as they are.
public enum MarkdownParser {
  /// What a hostile text is refused for.
  public enum Failure: Error, Hashable, Sendable, CustomStringConvertible {
    /// Blocks or spans nest deeper than `maximumDepth`.
    case tooDeep
    /// The C library gave no tree: it is out of memory.
    case noMemory

    public var description: String {
      switch self {
      case .tooDeep: "it nests deeper than \(maximumDepth) levels"
      case .noMemory: "there is not enough memory"
      }
    }
  }

  /// Deeper nesting than any document written by hand.
  public static let maximumDepth = 100

  private static let extensionNames = ["table", "strikethrough", "autolink", "tasklist"]

  /// The library keeps its list of extensions in a global; it is filled once.
  private static let registration: Void = cmark_gfm_core_extensions_ensure_registered()

  /// The blocks of `text`, with their lines counted from 1.
  public static func parse(_ text: String) throws(Failure) -> [Block] {
    _ = registration
    let options =
      CMARK_OPT_FOOTNOTES | CMARK_OPT_VALIDATE_UTF8 | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE
    guard let parser = cmark_parser_new(options) else { throw .noMemory }
    defer { cmark_parser_free(parser) }
    for name in extensionNames {
      if let found = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, found)
      }
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        guard let start = characters.baseAddress else { return }
        cmark_parser_feed(parser, start, characters.count)
      }
    }
    guard let root = cmark_parser_finish(parser) else { throw .noMemory }
    defer { cmark_node_free(root) }
    return try TreeConverter().blocks(of: root, depth: 0)
  }
}

/// Copies the C tree into values.
private struct TreeConverter {
  private typealias Node = OpaquePointer
  private typealias Failure = MarkdownParser.Failure

  func blocks(
    of parent: OpaquePointer, depth: Int
  ) throws(MarkdownParser.Failure) -> [Block] {
    guard depth <= MarkdownParser.maximumDepth else { throw .tooDeep }
    var blocks: [Block] = []
    var child = cmark_node_first_child(parent)
    while let node = child {
      if let kind = try kind(of: node, depth: depth) {
        let first = max(Int(cmark_node_get_start_line(node)), 1)
        let last = max(Int(cmark_node_get_end_line(node)), first)
        blocks.append(Block(kind, lines: first...last))
      }
      child = cmark_node_next(node)
    }
    return blocks
  }

  private func kind(of node: Node, depth: Int) throws(Failure) -> Block.Kind? {
    switch typeName(node) {
    case "heading":
      let (content, identifier) = headingIdentifier(in: try inlines(of: node, depth: depth + 1))
      return .heading(
        level: Int(cmark_node_get_heading_level(node)), content: content, identifier: identifier)
    case "paragraph": return .paragraph(try inlines(of: node, depth: depth + 1))
    case "block_quote": return .blockQuote(try blocks(of: node, depth: depth + 1))
    case "list": return .list(try list(node, depth: depth))
    case "code_block":
      return .codeBlock(
        info: text(cmark_node_get_fence_info(node)), literal: text(cmark_node_get_literal(node)))
    case "html_block": return .html(text(cmark_node_get_literal(node)))
    case "thematic_break": return .thematicBreak
    case "table": return .table(try table(node, depth: depth))
    case "footnote_definition":
      return .footnoteDefinition(
        label: String(footnoteNumber(of: node)), content: try blocks(of: node, depth: depth + 1))
    default: return nil
    }
  }

  /// Definitions stand at the end of the document in the order of their first references.
  private func footnoteNumber(of node: Node) -> Int {
    var number = 1
    var sibling = cmark_node_previous(node)
    while let before = sibling {
      if typeName(before) == "footnote_definition" { number += 1 }
      sibling = cmark_node_previous(before)
    }
    return number
  }

  private func list(_ node: Node, depth: Int) throws(Failure) -> Block.List {
    var items: [Block.List.Item] = []
    var child = cmark_node_first_child(node)
    while let item = child {
      let isTask = typeName(item) == "tasklist"
      items.append(
        Block.List.Item(
          isChecked: isTask ? cmark_gfm_extensions_get_tasklist_item_checked(item) : nil,
          content: try blocks(of: item, depth: depth + 2)))
      child = cmark_node_next(item)
    }
    let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
    return Block.List(
      start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil,
      isTight: cmark_node_get_list_tight(node) != 0, items: items)
  }

  private func table(_ node: Node, depth: Int) throws(Failure) -> MarkdownTable {
    let count = Int(cmark_gfm_extensions_get_table_columns(node))
    var alignments = [MarkdownTable.Alignment](repeating: .none, count: count)
    if let letters = cmark_gfm_extensions_get_table_alignments(node) {
      for column in 0..<count {
        switch letters[column] {
        case UInt8(ascii: "l"): alignments[column] = .left
        case UInt8(ascii: "c"): alignments[column] = .center
        case UInt8(ascii: "r"): alignments[column] = .right
        default: break
        }
      }
    }
    var rows: [[[Inline]]] = []
    var child = cmark_node_first_child(node)
    while let row = child {
      var cells: [[Inline]] = []
      var next = cmark_node_first_child(row)
      while let cell = next {
        cells.append(try inlines(of: cell, depth: depth + 3))
        next = cmark_node_next(cell)
      }
      rows.append(cells)
      child = cmark_node_next(row)
    }
    let header = rows.isEmpty ? [] : rows.removeFirst()
    return MarkdownTable(alignments: alignments, header: header, rows: rows)
  }

  private func inlines(of parent: Node, depth: Int) throws(Failure) -> [Inline] {
    guard depth <= MarkdownParser.maximumDepth else { throw .tooDeep }
    var inlines: [Inline] = []
    var child = cmark_node_first_child(parent)
    while let node = child {
      switch typeName(node) {
      case "text": append(text(cmark_node_get_literal(node)), to: &inlines)
      case "softbreak": inlines.append(.softBreak)
      case "linebreak": inlines.append(.lineBreak)
      case "code": inlines.append(.code(text(cmark_node_get_literal(node))))
      case "html_inline": inlines.append(.html(text(cmark_node_get_literal(node))))
      case "emph": inlines.append(.emphasis(try self.inlines(of: node, depth: depth + 1)))
      case "strong": inlines.append(.strong(try self.inlines(of: node, depth: depth + 1)))
      case "strikethrough":
        inlines.append(.strikethrough(try self.inlines(of: node, depth: depth + 1)))
      case "link":
        inlines.append(
          .link(
            destination: restoringTokens(in: text(cmark_node_get_url(node))),
            title: text(cmark_node_get_title(node)),
            content: try self.inlines(of: node, depth: depth + 1)))
      case "image":
        inlines.append(
          .image(
            source: restoringTokens(in: text(cmark_node_get_url(node))),
            title: text(cmark_node_get_title(node)),
            alternative: try self.inlines(of: node, depth: depth + 1)))
      case "footnote_reference":
        // The library has put the definition's number in the place of the author's label.
        inlines.append(.footnoteReference(label: text(cmark_node_get_literal(node))))
      default: inlines += try self.inlines(of: node, depth: depth + 1)
      }
      child = cmark_node_next(node)
    }
    return inlines
  }

  /// cmark cuts text at every special character; neighbours are joined again before tokens are read.
  private func append(_ text: String, to inlines: inout [Inline]) {
    var joined = text
    if case .text(let before)? = inlines.last {
      inlines.removeLast()
      joined = before + text
    }
    for piece in Placeholders.pieces(of: joined) {
      switch piece {
      case .text(let text): inlines.append(.text(text))
      case .placeholder(let index): inlines.append(.placeholder(index))
      }
    }
  }

  /// Takes ` {#sec-name}` off the end of a heading.
  private func headingIdentifier(in content: [Inline]) -> ([Inline], String?) {
    guard case .text(let last)? = content.last, last.hasSuffix("}"),
      let open = last.range(ofLast: "{#")
    else { return (content, nil) }
    let identifier = last[open.upperBound...].dropLast()
    guard !identifier.isEmpty,
      identifier.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) })
    else { return (content, nil) }
    var content = content
    content.removeLast()
    let rest = String(last[..<open.lowerBound].reversed().drop { $0 == " " }.reversed())
    if !rest.isEmpty { content.append(.text(rest)) }
    return (content, String(identifier))
  }

  /// Link targets come back percent-encoded, tokens with them.
  private func restoringTokens(in url: String) -> String {
    url.replacing("%EE%80%80", with: String(Placeholders.opening))
      .replacing("%EE%80%81", with: String(Placeholders.closing))
  }

  private func typeName(_ node: Node) -> String { text(cmark_node_get_type_string(node)) }

  private func text(_ characters: UnsafePointer<CChar>?) -> String {
    characters.map { String(cString: $0) } ?? ""
  }
}

extension String {
  fileprivate func range(ofLast text: String) -> Range<Index>? {
    var index = endIndex
    while index > startIndex {
      index = self.index(before: index)
      if self[index...].hasPrefix(text) {
        return index..<self.index(index, offsetBy: text.count)
      }
    }
    return nil
  }
}
