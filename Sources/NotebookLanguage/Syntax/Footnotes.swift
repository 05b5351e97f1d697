import Diagnostics
import InputLimits
import Markdown

/// Footnotes `[^x]` that lead nowhere, and definitions that nothing leads to: Markdown shows the first as
/// they are and drops the second without a word.
struct Footnotes {
  private let source: NotebookSource
  private let blocks: [Block]

  /// A footnote's label with its place, brackets included.
  private struct Mark {
    var label: String
    var span: SourceSpan
  }

  /// Those beyond it are not looked up.
  private let most = Limit.footnotes.value

  /// - Parameters:
  ///   - blocks: of the file that is being read.
  ///   - line: where its Markdown starts.
  static func mistakes(
    in blocks: [Block], of source: NotebookSource, fromLine line: Int
  ) -> [Diagnostic] {
    let footnotes = Self(source: source, blocks: blocks)
    let unresolved = footnotes.unresolved
    let definitions = footnotes.definitions(fromLine: line)
    guard !unresolved.isEmpty || !definitions.isEmpty else { return [] }
    return footnotes.mistakes(unresolved, definitions)
  }

  private func mistakes(_ unresolved: [Mark], _ definitions: [Mark]) -> [Diagnostic] {
    let used = Set(usedDefinitions.keys)
    var meant: Set<String> = []
    var diagnostics = unresolved.map { mark in
      let known = Set(definitions.map(\.label)).sorted()
      let near = nearestNames(to: mark.label, among: known).first
      if let near { meant.insert(near) }
      return Diagnostic(
        .unresolvedReference, "the footnote [^\(mark.label)] is defined nowhere", at: mark.span,
        help: near.map { "did you mean [^\($0)]?" }
          ?? "define it in a line [^\(mark.label)]: …, or write \\[^ for the text itself")
    }
    var first: [String: SourceSpan] = [:]
    for definition in definitions {
      let label = definition.label.lowercased()
      if let other = first[label] {
        diagnostics.append(
          Diagnostic(
            .duplicateLabel, "the footnote [^\(definition.label)] is defined twice",
            at: definition.span, notes: [Diagnostic.Note("first defined here", at: other)]))
        continue
      }
      first[label] = definition.span
      guard !used.contains(label), !meant.contains(definition.label) else { continue }
      diagnostics.append(
        Diagnostic(
          .unusedFootnote, "nothing refers to the footnote [^\(definition.label)]",
          at: definition.span, help: "it is not shown"))
    }
    return diagnostics
  }

  // MARK: - References

  /// Those in running text that Markdown left as they are.
  private var unresolved: [Mark] {
    var found: [Mark] = []
    for block in blocks where found.count < most {
      var position = 0
      block.forEachText { text, lines in
        guard text.contains("[^"), found.count < most else { return }
        let range =
          source.text.offset(
            ofLine: lines.lowerBound)..<source.text.offset(
            ofLine: lines.upperBound + 1)
        for label in Self.labels(in: text) where found.count < most {
          guard let place = place(of: label, in: range, after: &position) else { continue }
          found.append(Mark(label: label, span: source.span(ofText: place)))
        }
      }
    }
    return found
  }

  /// What stands between `[^` and `]` in a text, as cmark reads labels: without spaces and brackets.
  static func labels(in text: String) -> [String] {
    let most = Limit.footnotes.value
    let bytes = text.utf8
    var labels: [String] = []
    var start: String.Index?
    var before: UInt8?
    for index in bytes.indices {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: "^") where before == UInt8(ascii: "["): start = bytes.index(after: index)
      case UInt8(ascii: "]"):
        if let label = start.map({ text[$0..<index] }), !label.isEmpty {
          labels.append(String(label))
        }
        start = nil
      case UInt8(ascii: "["): start = nil
      default: if byte.isBlankOrEnd { start = nil }
      }
      before = byte
      if labels.count == most { break }
    }
    return labels
  }

  /// cmark gives no reliable columns, so marks are looked up in their block's lines, in order.
  ///
  /// - Returns: nil for one that is written `\[^x]`.
  private func place(
    of label: String, in range: Range<Int>, after position: inout Int
  ) -> Range<Int>? {
    let wanted = Array("[^\(label)]".utf8)
    let start = max(position, range.lowerBound)
    guard
      let place = source.text.bytes[start..<max(start, range.upperBound)].firstRange(of: wanted)
    else { return nil }
    position = place.upperBound
    let backslashes = source.text.bytes[range.lowerBound..<place.lowerBound].reversed()
      .prefix { $0 == UInt8(ascii: "\\") }.count
    return backslashes % 2 == 0 ? place : nil
  }

  // MARK: - Definitions

  /// The lines of the definitions that something refers to, by label in lower case.
  private var usedDefinitions: [String: Int] {
    var used: [String: Int] = [:]
    for block in blocks {
      if case .footnoteDefinition(let label, _) = block.kind {
        used[label.lowercased()] = block.lines.lowerBound
      }
    }
    return used
  }

  /// All of them, which the tree has not: `[^x]:` at the start of a line, listings and raw HTML apart.
  private func definitions(fromLine line: Int) -> [Mark] {
    let text = source.text
    guard text.bytes.firstRange(of: Array("[^".utf8)) != nil, line <= text.lineCount else {
      return []
    }
    let literal = Set(blocks.flatMap(\.linesOfLiterals))
    var found: [Mark] = []
    for number in line...text.lineCount where !literal.contains(number) {
      let range = text.range(ofLine: number)
      let content = text.bytes[range].drop { $0.isBlank || $0 == UInt8(ascii: ">") }
      guard content.starts(with: "[^".utf8),
        let end = content.firstIndex(of: UInt8(ascii: "]")), end > content.startIndex + 2,
        content[(end + 1)...].first == .colon,
        !content[..<end].contains(where: \.isBlank)
      else { continue }
      found.append(
        Mark(
          label: text[content.startIndex + 2..<end],
          span: source.span(ofText: content.startIndex..<end + 1)))
      if found.count == most { break }
    }
    return found
  }
}

extension Block {
  /// The lines in which Markdown means nothing.
  fileprivate var linesOfLiterals: [ClosedRange<Int>.Element] {
    switch kind {
    case .codeBlock, .html: Array(lines)
    case .blockQuote(let blocks), .callout(_, let blocks), .footnoteDefinition(_, let blocks):
      blocks.flatMap(\.linesOfLiterals)
    case .list(let list): list.items.flatMap(\.content).flatMap(\.linesOfLiterals)
    case .heading, .paragraph, .thematicBreak, .table, .placeholder: []
    }
  }
}
