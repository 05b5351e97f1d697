import Markdown

extension Block {
  /// Calls `body` with each running text in the block and its lines.
  func forEachRunningText(_ body: ([Inline], ClosedRange<Int>) -> Void) {
    switch kind {
    case .heading(_, let content, _), .paragraph(let content): body(content, lines)
    case .blockQuote(let blocks), .callout(_, let blocks), .footnoteDefinition(_, let blocks):
      for block in blocks { block.forEachRunningText(body) }
    case .list(let list):
      for block in list.items.flatMap(\.content) { block.forEachRunningText(body) }
    case .table(let table):
      for cell in table.header + table.rows.joined() { body(cell, lines) }
    case .codeBlock, .html, .thematicBreak, .placeholder: break
    }
  }
}

extension [Inline] {
  /// Calls `body` with the source of each picture.
  func forEachPicture(_ body: (String) -> Void) {
    for inline in self {
      switch inline {
      case .image(let source, _, let alternative):
        body(source)
        alternative.forEachPicture(body)
      case .emphasis(let content), .strong(let content), .strikethrough(let content),
        .link(_, _, let content):
        content.forEachPicture(body)
      case .text, .code, .html, .formula, .footnoteReference, .softBreak, .lineBreak, .placeholder:
        break
      }
    }
  }
}
