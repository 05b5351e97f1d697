import Diagnostics
import InputLimits
public import Markdown

/// `@tbl-x`, `@fig-x` and `@sec-x` in running text, and `[-@tbl-x]` for the number alone.
public enum CrossReferences {
  /// A piece of running text.
  public enum Piece: Hashable {
    case text(String)
    case reference(label: String, numberOnly: Bool)
  }

  /// A reference with its place in the notebook.
  struct Found: Hashable {
    var label: String
    var span: SourceSpan?
  }

  /// Cuts text at its references. `@` inside a word, as in an address, is none.
  public static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var pending = ""
    var rest = Substring(text)
    while let at = rest.firstIndex(of: "@") {
      let before = rest[..<at]
      let isInWord = (before.last ?? pending.last).map { $0.isLetter || $0.isNumber } ?? false
      let label = label(in: rest[rest.index(after: at)...])
      guard let label, !isInWord else {
        pending += rest[...at]
        rest = rest[rest.index(after: at)...]
        continue
      }
      let after = rest[rest.index(at, offsetBy: label.count + 1)...]
      let numberOnly = before.hasSuffix("[-") && after.hasPrefix("]")
      pending += numberOnly ? before.dropLast(2) : before
      if !pending.isEmpty { pieces.append(.text(pending)) }
      pending = ""
      pieces.append(.reference(label: label, numberOnly: numberOnly))
      rest = numberOnly ? after.dropFirst() : after
    }
    pending += rest
    if !pending.isEmpty { pieces.append(.text(pending)) }
    return pieces
  }

  private static func label(in text: Substring) -> String? {
    guard ["tbl-", "fig-", "sec-"].contains(where: text.hasPrefix) else { return nil }
    let label = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    let trimmed = label.reversed().drop { $0 == "-" }
    return trimmed.count > 4 ? String(trimmed.reversed()) : nil
  }

  /// Every reference in some blocks' running text.
  static func all(in blocks: [Block], of source: NotebookSource) -> [Found] {
    let most = Limit.references.value
    var found: [Found] = []
    for block in blocks where found.count < most {
      var finder = Finder(source: source)
      block.forEachText { text, lines in
        guard text.contains("@"), found.count < most else { return }
        found += finder.references(in: text, among: source.text.range(ofLines: lines))
      }
    }
    return found
  }

  /// Every reference in a caption.
  static func all(in caption: Template, of source: NotebookSource) -> [Found] {
    pieces(of: caption.text).compactMap {
      guard case .reference(let label, _) = $0 else { return nil }
      guard let span = caption.span else { return Found(label: label, span: nil) }
      let bytes = span.file.bytes[span.range]
      let found = bytes.firstRange(of: Array("@\(label)".utf8))
      return Found(
        label: label, span: found.map { SourceSpan(file: span.file, range: $0) } ?? span)
    }
  }

  /// cmark gives no reliable columns, so references are looked up in their block's lines, in order.
  private struct Finder {
    let source: NotebookSource
    /// Where the last one ended.
    var position = 0

    mutating func references(in text: String, among range: Range<Int>) -> [Found] {
      var found: [Found] = []
      for case .reference(let label, _) in pieces(of: text) {
        guard found.count < Limit.references.value else { break }
        found.append(Found(label: label, span: place(of: label, in: range)))
      }
      return found
    }

    private mutating func place(of label: String, in range: Range<Int>) -> SourceSpan? {
      let wanted = Array("@\(label)".utf8)
      let bytes = source.text.bytes
      var rest = bytes[max(position, range.lowerBound)..<max(position, range.upperBound)]
      while let place = rest.firstRange(of: wanted) {
        let next = place.upperBound < bytes.count ? bytes[place.upperBound] : .space
        position = place.upperBound
        if !next.continuesLabel { return source.span(ofText: place) }
        rest = rest[place.upperBound...]
      }
      return nil
    }
  }
}

extension UInt8 {
  fileprivate var continuesLabel: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: false
    }
  }
}

/// Numbers of sections: `1`, `1.1`, `2` …, counted from the highest level in use.
public enum SectionNumbers {
  /// The number of each heading, in the order of the document.
  public static func all(in blocks: [Block]) -> [String] {
    let levels = blocks.compactMap {
      if case .heading(let level, _, _) = $0.kind { level } else { nil }
    }
    let top = levels.min() ?? 1
    var counts: [Int] = []
    return levels.map { level in
      let depth = level - top + 1
      if counts.count > depth { counts.removeLast(counts.count - depth) }
      while counts.count < depth { counts.append(0) }
      counts[depth - 1] += 1
      return counts.map(String.init).joined(separator: ".")
    }
  }

  /// The headings that carry an identifier of their own, with their numbers.
  static func identified(in blocks: [Block]) -> [(identifier: String, number: String)] {
    let identifiers = blocks.compactMap { block -> String?? in
      if case .heading(_, _, let identifier) = block.kind { .some(identifier) } else { nil }
    }
    return zip(identifiers, all(in: blocks)).compactMap { identifier, number in
      identifier.map { ($0, number) }
    }
  }
}

extension Block {
  /// Calls `body` with each run of text and the lines of the block that it stands in.
  func forEachText(_ body: (String, ClosedRange<Int>) -> Void) {
    switch kind {
    case .heading(_, let content, _), .paragraph(let content):
      content.forEachText { body($0, lines) }
    case .blockQuote(let blocks), .callout(_, let blocks):
      for block in blocks { block.forEachText(body) }
    case .list(let list):
      for item in list.items { for block in item.content { block.forEachText(body) } }
    case .table(let table):
      for cell in table.header + table.rows.joined() { cell.forEachText { body($0, lines) } }
    case .footnoteDefinition(_, let blocks): for block in blocks { block.forEachText(body) }
    case .codeBlock, .html, .thematicBreak, .placeholder: break
    }
  }
}

extension [Inline] {
  /// Calls `body` with each run of text, those inside links left out.
  func forEachText(_ body: (String) -> Void) {
    for inline in self {
      switch inline {
      case .text(let text): body(text)
      case .emphasis(let content), .strong(let content), .strikethrough(let content):
        content.forEachText(body)
      case .link, .image, .code, .html, .formula, .footnoteReference, .softBreak, .lineBreak,
        .placeholder:
        break
      }
    }
  }
}
