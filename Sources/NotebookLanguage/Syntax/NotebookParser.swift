public import Diagnostics
import Markdown

/// Reads a notebook: front matter, Markdown, cells, expressions. It computes nothing.
public struct NotebookParser {
  /// Notebooks are written by hand; a file larger than this is something else.
  public static let maximumBytes = 16 << 20

  private let source: NotebookSource
  private var diagnostics: [Diagnostic] = []
  private var cells: [CellSource] = []
  private var expressions: [Int: Expression] = [:]

  /// The notebook in `file`.
  ///
  /// - Throws: every mistake of form at once.
  public static func parse(_ file: SourceFile) throws(DiagnosticList) -> Notebook {
    let source: NotebookSource
    do throws(Diagnostic) { source = try NotebookSource(file) } catch {
      throw DiagnosticList([error])
    }
    var parser = Self(source: source)
    return try parser.parse()
  }

  private init(source: NotebookSource) { self.source = source }

  private mutating func parse() throws(DiagnosticList) -> Notebook {
    let (frontMatter, bodyLine) = readFrontMatter()
    var blocks = parseMarkdown(fromLine: bodyLine)
    blocks = blocks.map { resolve($0) }
    let title = frontMatter.title.map { resolve(parseInline($0.text)) } ?? []
    guard diagnostics.isEmpty else {
      throw DiagnosticList(diagnostics)
    }
    return Notebook(
      source: source, frontMatter: frontMatter, title: title, blocks: blocks, cells: cells,
      expressions: expressions)
  }

  // MARK: - Front matter

  /// The front matter and the first line after it.
  private mutating func readFrontMatter() -> (FrontMatter, bodyLine: Int) {
    let text = source.text
    guard text.line(1).trimmingTrailingSpace == "---" else { return (FrontMatter(), 1) }
    guard
      let end = (2..<max(text.lineCount + 1, 2)).first(where: {
        ["---", "..."].contains(text.line($0).trimmingTrailingSpace)
      })
    else {
      diagnostics.append(
        Diagnostic(
          .unclosedFrontMatter, "the front matter is never closed",
          at: source.span(ofText: 0..<3), help: "add a line --- after it"))
      return (FrontMatter(), text.lineCount + 1)
    }
    let node = readYAML(lines: (2..<end).map { (text.line($0), text.offset(ofLine: $0)) })
    guard let node else { return (FrontMatter(), end + 1) }
    if case .mapping(let pairs) = node.content {
      for pair in pairs where pair.key.scalar != "title" && pair.value.isPending {
        diagnostics.append(
          Diagnostic(
            .expressionSyntax, "only the title of the front matter can hold expressions",
            at: pair.value.span))
      }
    }
    let matter = FrontMatter.decode(node, called: "the front matter", &diagnostics)
    return (matter ?? FrontMatter(), end + 1)
  }

  private mutating func readYAML(lines: [(text: Substring, offset: Int)]) -> YAMLNode? {
    do throws(Diagnostic) {
      return try YAMLReader(source: source, lines: lines).read()
    } catch {
      diagnostics.append(error)
      return nil
    }
  }

  // MARK: - Markdown

  private mutating func parseMarkdown(fromLine line: Int) -> [Block] {
    let body = source.text.bytes[source.text.offset(ofLine: line)...]
    let blank = String(repeating: "\n", count: line - 1)
    do {
      return try MarkdownParser.parse(blank + String(decoding: body, as: UTF8.self))
    } catch {
      diagnostics.append(
        Diagnostic(
          .tooComplex, "the notebook cannot be read as Markdown: \(error)",
          at: source.span(ofText: 0..<0)))
      return []
    }
  }

  /// A caption or title: Markdown of one paragraph.
  private func parseInline(_ text: String) -> [Inline] {
    let blocks = (try? MarkdownParser.parse(text)) ?? []
    if blocks.isEmpty { return [] }
    if blocks.count == 1, case .paragraph(let content) = blocks[0].kind { return content }
    return Placeholders.pieces(of: text).map {
      switch $0 {
      case .text(let text): .text(text)
      case .placeholder(let index): .placeholder(index)
      }
    }
  }

  private mutating func resolve(_ block: Block) -> Block {
    var block = block
    switch block.kind {
    case .heading(let level, let content, let identifier):
      block.kind = .heading(level: level, content: resolve(content), identifier: identifier)
    case .paragraph(let content): block.kind = .paragraph(resolve(content))
    case .blockQuote(let blocks): block.kind = .blockQuote(blocks.map { resolve($0) })
    case .list(var list):
      for index in list.items.indices {
        list.items[index].content = list.items[index].content.map { resolve($0) }
      }
      block.kind = .list(list)
    case .table(var table):
      table.header = table.header.map { resolve($0) }
      table.rows = table.rows.map { $0.map { resolve($0) } }
      block.kind = .table(table)
    case .footnoteDefinition(let label, let content):
      block.kind = .footnoteDefinition(label: label, content: content.map { resolve($0) })
    case .codeBlock(let info, let literal):
      guard isClosed(block) else { return block }
      if info.hasPrefix("{") {
        block.kind = .placeholder(cells.count)
        cells.append(readCell(info: info, literal: literal, block: block))
      } else {
        block.kind = .codeBlock(info: source.restoring(info), literal: source.restoring(literal))
      }
    case .html(let html): block.kind = .html(source.restoring(html))
    case .thematicBreak, .placeholder: break
    }
    return block
  }

  private mutating func resolve(_ inlines: [Inline]) -> [Inline] {
    inlines.map { inline in
      switch inline {
      case .placeholder(let index): return resolvePlace(index)
      case .emphasis(let content): return .emphasis(resolve(content))
      case .strong(let content): return .strong(resolve(content))
      case .strikethrough(let content): return .strikethrough(resolve(content))
      case .link(let destination, let title, let content):
        register(placesIn: destination + title)
        return .link(destination: destination, title: title, content: resolve(content))
      case .image(let source, let title, let alternative):
        register(placesIn: source + title)
        return .image(source: source, title: title, alternative: resolve(alternative))
      case .code(let text): return .code(source.restoring(text))
      case .html(let text): return .html(source.restoring(text))
      case .text, .footnoteReference, .softBreak, .lineBreak: return inline
      }
    }
  }

  private mutating func register(placesIn text: String) {
    for case .placeholder(let index) in Placeholders.pieces(of: text) { _ = resolvePlace(index) }
  }

  /// What stands at a place in running text: an expression to be filled in, or two literal braces.
  private mutating func resolvePlace(_ index: Int) -> Inline {
    guard source.places.indices.contains(index) else { return .text("") }
    switch source.places[index].kind {
    case .literal: return .text("{{")
    case .expression, .unclosed:
      if let expression = readExpression(index) { expressions[index] = expression }
      return .placeholder(index)
    }
  }

  private mutating func readExpression(_ index: Int) -> Expression? {
    let place = source.places[index]
    do throws(Diagnostic) {
      guard case .expression(let inner) = place.kind else {
        throw Diagnostic(
          .unclosedExpression, "this expression is never closed", at: place.span,
          help: "close it with }} on the same line, or write \\{{ for the braces themselves")
      }
      return try ExpressionParser.parse(inner)
    } catch {
      diagnostics.append(error)
      return nil
    }
  }

  // MARK: - Cells

  /// Whether a fenced block has its closing line; an open one swallows all that follows.
  private mutating func isClosed(_ block: Block) -> Bool {
    let opening = source.text.line(block.lines.lowerBound)
    guard let fence = opening.firstIndex(where: { $0 == "`" || $0 == "~" }),
      opening[..<fence].allSatisfy({ " >\t-*+.)0123456789".contains($0) })
    else { return true }
    let character = opening[fence]
    let length = opening[fence...].prefix { $0 == character }.count
    guard length >= 3 else { return true }
    let closing = source.text.line(block.lines.upperBound)
    let tail = closing.drop { " >\t".contains($0) }
    let run = tail.prefix { $0 == character }.count
    if block.lines.upperBound > block.lines.lowerBound, run >= length,
      tail.dropFirst(run).allSatisfy(\.isWhitespace)
    {
      return true
    }
    let start =
      source.text.offset(ofLine: block.lines.lowerBound)
      + opening[..<fence].utf8.count
    let name = opening[fence...].contains("{") ? "cell" : "listing"
    diagnostics.append(
      Diagnostic(
        .unclosedCell, "this \(name) is never closed",
        at: source.span(ofText: start..<start + length),
        notes: [
          Diagnostic.Note(
            "it would take in everything up to line \(block.lines.upperBound)")
        ],
        help: "add a line with \(String(repeating: character, count: length)) after its last line"))
    return false
  }

  private mutating func readCell(info: String, literal: String, block: Block) -> CellSource {
    let first = block.lines.lowerBound
    let kind = String(info.dropFirst().prefix { $0 != "}" }).trimmingSpace
    let kindSpan = span(of: "{" + kind, inLine: first, dropping: 1)
    var lines = literal.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    var optionLines: [(text: Substring, offset: Int)] = []
    var bodyLines: [(text: Substring, offset: Int)] = []
    for (index, line) in lines.enumerated() {
      let offset = offset(of: line, inLine: first + 1 + index)
      if bodyLines.isEmpty, line.hasPrefix("#|") {
        let text = line.dropFirst(2)
        optionLines.append((text, offset + 2))
      } else {
        bodyLines.append((line, offset))
      }
    }
    let options = readOptions(optionLines)
    let body = readYAML(lines: bodyLines) ?? YAMLNode(.mapping([]), at: kindSpan)
    var bodyExpressions: [Int: Expression] = [:]
    var literals: [Int: YAMLReplacement] = [:]
    for index in Set(body.places).sorted() where source.places.indices.contains(index) {
      if source.places[index].kind == .literal {
        literals[index] = YAMLReplacement(text: "{{", isText: true)
      } else {
        bodyExpressions[index] = readExpression(index)
      }
    }
    let caption = options.tableCaption ?? options.figureCaption
    if let alternative = options.figureAlternative?.text { register(placesIn: alternative) }
    return CellSource(
      kind: kind, kindSpan: kindSpan, options: options, body: body.replacing(literals),
      expressions: bodyExpressions,
      caption: caption.map { resolve(parseInline($0.text)) } ?? [],
      text: (first...block.lines.upperBound).map { source.restoring(String(source.text.line($0))) }
        .joined(separator: "\n"))
  }

  private mutating func readOptions(_ lines: [(text: Substring, offset: Int)]) -> CellOptions {
    guard !lines.isEmpty, let node = readYAML(lines: lines) else { return CellOptions() }
    return CellOptions.decode(node, called: "the cell", &diagnostics) ?? CellOptions()
  }

  /// Where a de-indented line of a block starts: Markdown takes only prefixes of `> ` and spaces off.
  private func offset(of line: Substring, inLine number: Int) -> Int {
    let written = source.text.line(number)
    return source.text.offset(ofLine: number) + max(written.utf8.count - line.utf8.count, 0)
  }

  private func span(of text: String, inLine number: Int, dropping count: Int) -> SourceSpan {
    let line = source.text.line(number)
    let start = source.text.offset(ofLine: number)
    guard let range = line.range(of: text) else {
      return source.span(ofText: start..<start + line.utf8.count)
    }
    let offset = start + line[..<range.lowerBound].utf8.count + count
    return source.span(ofText: offset..<start + line[..<range.upperBound].utf8.count)
  }
}

extension StringProtocol {
  var trimmingSpace: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }

  var trimmingTrailingSpace: String { String(reversed().drop { $0.isWhitespace }.reversed()) }

  /// The first occurrence of `text`.
  fileprivate func range(of text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(text) {
        return start..<index(start, offsetBy: text.count)
      }
      start = index(after: start)
    }
    return nil
  }
}
