import InputLimits
import Markdown

extension FuzzTarget {
  /// GitHub Flavored Markdown, to a tree of values.
  static let markdown = FuzzTarget(
    "markdown", longest: 2048, fixtures: ["Tests/Fuzz/Corpus/html"]
  ) { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let blocks = Limits.with([.markdownDepth: 40]) { try? MarkdownParser.parse(text) }
    guard let blocks else { return }
    let lineCount = text.utf8.count { $0 == 0x0A || $0 == 0x0D } + 1
    try Self.check(blocks, lines: 1...lineCount, depth: 0)
  }

  private static func check(_ blocks: [Block], lines: ClosedRange<Int>, depth: Int) throws {
    try require(depth <= 40, "the tree is deeper than its limit")
    for block in blocks {
      try require(
        lines.contains(block.lines.lowerBound) && lines.contains(block.lines.upperBound),
        "a block stands on the lines \(block.lines) of \(lines)")
      switch block.kind {
      case .blockQuote(let content), .callout(_, let content),
        .footnoteDefinition(_, let content):
        try check(content, lines: lines, depth: depth + 1)
      case .list(let list):
        for item in list.items { try check(item.content, lines: lines, depth: depth + 1) }
      case .table(let table):
        let width = table.alignments.count
        try require(
          table.header.count == width && table.rows.allSatisfy { $0.count == width },
          "rows of a table have other widths than its header")
      case .heading(let level, _, _): try require(1...6 ~= level, "a heading of level \(level)")
      case .paragraph, .codeBlock, .html, .thematicBreak, .placeholder: break
      }
    }
  }
}
