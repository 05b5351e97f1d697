import Diagnostics
import InputLimits
import Markdown
import Paths

extension NotebookParser {
  /// A fenced block: a cell, a notebook to be included, or a listing.
  mutating func resolveListing(_ block: Block, info: String, _ literal: String) -> [Block] {
    guard let fence = Fence(block, literal, in: source) else {
      return [listing(block, info: info, literal)]
    }
    guard fence.isClosed else {
      isPartial = true
      report(unclosed(fence, block))
      return []
    }
    guard info.hasPrefix("{") else { return [listing(block, info: info, literal)] }
    let cell = readCell(fence, literal: literal, block: block)
    if cell.kind == IncludeCell.name {
      if literal.utf8.starts(with: "#|".utf8) {
        let line = source.text.range(ofLine: block.lines.lowerBound + 1)
        report(
          Diagnostic(
            .conflictingKeys,
            "an include cell has no '#|' lines: the cells that it brings have their own",
            at: source.span(ofText: line)))
      }
      return include(cell)
    }
    var block = block
    block.kind = .placeholder(cells.count)
    cells.append(cell)
    return [block]
  }

  private func listing(_ block: Block, info: String, _ literal: String) -> Block {
    var block = block
    block.kind = .codeBlock(info: source.restoring(info), literal: source.restoring(literal))
    return block
  }

  private func unclosed(_ fence: Fence, _ block: Block) -> Diagnostic {
    let name = fence.line.contains("{") ? "cell" : "listing"
    let lines = block.lines
    let gap = lines.dropFirst().first { source.text.line($0).allSatisfy(\.isWhitespace) }
    let marks = fence.range.count <= 20 ? fence.marks : "as many marks as it starts with"
    return Diagnostic(
      .unclosedCell, "this \(name) is never closed", at: source.span(ofText: fence.range),
      notes: [Diagnostic.Note("it would take in everything up to line \(lines.upperBound)")],
      help: "add a line with \(marks) after line \((gap ?? lines.upperBound + 1) - 1)")
  }

  // MARK: - Cells

  private mutating func readCell(_ fence: Fence, literal: String, block: Block) -> CellSource {
    let name = readName(fence)
    let first = block.lines.lowerBound
    // cmark keeps carriage returns.
    var lines = literal.split(omittingEmptySubsequences: false) {
      $0 == "\n" || $0 == "\r\n" || $0 == "\r"
    }
    if lines.last == "" { lines.removeLast() }
    var optionLines: [(text: Substring, offset: Int)] = []
    var bodyLines: [(text: Substring, offset: Int)] = []
    for (index, line) in lines.enumerated() {
      let offset = offset(of: line, inLine: first + 1 + index)
      // A tab before a cell in a list leaves blanks before its lines.
      let indentation = line.utf8.prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        .count
      let isOption = line.utf8.dropFirst(indentation).starts(with: "#|".utf8)
      if bodyLines.isEmpty, isOption {
        let text = Substring(String(decoding: line.utf8.dropFirst(indentation + 2), as: UTF8.self))
        optionLines.append((text, offset + indentation + 2))
      } else {
        if isOption, indentation == 0 { refuseLateOption(line, offset) }
        bodyLines.append((line, offset))
      }
    }
    let options = readOptions(optionLines)
    let body = readYAML(bodyLines) ?? YAMLNode(.mapping([]), at: name.span)
    let (expressions, literals) = readPlaces(of: body)
    var settledOptions = options
    settledOptions.figureAlternative = options.figureAlternative.map { settled($0) }
    let caption = options.tableCaption ?? options.figureCaption
    if let caption {
      references += CrossReferences.all(in: caption, of: source)
      citations += Citations.keys(in: caption.text, known: citationKeys).map {
        Citations.Found(key: $0, span: caption.span)
      }
    }
    let text = [Substring(fence.line)] + lines + [Substring(fence.marks)]
    return CellSource(
      kind: name.text, kindSpan: name.span, options: settledOptions,
      body: body.replacing(literals), expressions: expressions, caption: inline(caption),
      text: source.restoring(text.joined(separator: "\n")), folder: folder)
  }

  /// The name in braces, and a mistake if anything else stands there.
  private mutating func readName(_ fence: Fence) -> (text: String, span: SourceSpan) {
    let bytes = source.text.bytes
    let line = fence.range.upperBound..<fence.lineEnd
    let brace = bytes[line].firstIndex(of: UInt8(ascii: "{")) ?? line.lowerBound
    let start =
      bytes[brace..<line.upperBound].dropFirst().firstIndex { !$0.isBlank } ?? line.upperBound
    let end =
      bytes[start..<line.upperBound].firstIndex {
        $0.isBlank || $0 == .comma || $0 == UInt8(ascii: "}")
      }
      ?? line.upperBound
    let rest = bytes[end..<line.upperBound].drop { $0.isBlank }
    let tail = rest.first == UInt8(ascii: "}") ? rest.dropFirst().drop { $0.isBlank } : rest
    if rest.first != UInt8(ascii: "}") || !tail.isEmpty {
      let stray = tail.isEmpty ? end..<line.upperBound : tail.startIndex..<tail.endIndex
      report(
        Diagnostic(
          .unknownKey, "the fence of a cell holds its name in braces and nothing else",
          at: source.span(ofText: stray), help: "how it is shown stands in lines of '#| ' below it")
      )
    }
    return (source.restoring(source.text[start..<end]), source.span(ofText: start..<end))
  }

  private mutating func refuseLateOption(_ line: Substring, _ offset: Int) {
    isPartial = true
    report(
      Diagnostic(
        .invalidYAML, "lines of '#|' come first in a cell; below the body they would be comments",
        at: source.span(ofText: offset..<offset + line.utf8.count)))
  }

  private mutating func readPlaces(
    of body: YAMLNode
  ) -> (expressions: [Int: Expression], literals: [Int: YAMLReplacement]) {
    var expressions: [Int: Expression] = [:]
    var literals: [Int: YAMLReplacement] = [:]
    for number in Set(body.places).sorted() {
      guard let place = source.place(number) else { continue }
      if case .literal(let text) = place.kind {
        literals[number] = YAMLReplacement(text: text, isText: true)
      } else {
        expressions[number] = readExpression(number)
      }
    }
    return (expressions, literals)
  }

  private mutating func readOptions(_ lines: [(text: Substring, offset: Int)]) -> CellOptions {
    guard !lines.isEmpty, let node = readYAML(lines) else { return defaults }
    var found: [Diagnostic] = []
    let options = CellOptions.read(
      node, from: defaults, called: "the cell", pending: .areMistakes, &found
    ).value
    for mistake in found { report(mistake) }
    let mayBeLabel = found.contains { $0.code == .unknownKey || $0.code == .expressionSyntax }
    if options.label == nil, node.isIncomplete || mayBeLabel { isPartial = true }
    return options
  }

  /// Where a de-indented line of a block starts: Markdown takes only prefixes of `> ` and spaces off.
  private func offset(of line: Substring, inLine number: Int) -> Int {
    let written = source.text.range(ofLine: number)
    return max(written.lowerBound, written.upperBound - line.utf8.count)
  }

  // MARK: - Includes

  private mutating func include(_ cell: CellSource) -> [Block] {
    var found: [Diagnostic] = []
    let reading = IncludeCell.read(
      cell.body, called: IncludeCell.name, at: cell.kindSpan, pending: .areMistakes, &found)
    for mistake in found { report(mistake) }
    let span = reading.value.file.span
    guard reading.isWhole, !reading.value.file.value.isEmpty else {
      isPartial = true
      if reading.isWhole {
        report(Diagnostic(.unknownValue, "the path is empty: it names no notebook", at: span))
      }
      return []
    }
    let path = NotebookPath.joined(folder, reading.value.file.value)
    do throws(Diagnostic) {
      try refuseCircle(to: path, named: path, at: span)
      inclusionCount += 1
      guard chain.count <= Limit.includeDepth.value else {
        throw Diagnostic(
          .tooComplex,
          "notebooks include each other more than \(Limit.includeDepth.value) deep", at: span,
          help: Limit.includeDepth.cure)
      }
      // Two that each include two, and so on, would be without end.
      guard inclusionCount <= Limit.includes.value else {
        throw Diagnostic(
          .tooComplex, "a notebook includes at most \(Limit.includes.value) others", at: span,
          help: Limit.includes.cure)
      }
      if !includedFiles.contains(where: path.isSamePath) { includedFiles.append(path) }
      let file = try readNotebook(path, span)
      // It may be called otherwise: through a folder's own name, or by a link.
      if let place = file.place { try refuseCircle(to: place, named: path, at: span) }
      return read(file, at: path)
    } catch {
      isPartial = true
      report(error)
      return []
    }
  }

  private func refuseCircle(
    to place: String, named path: String, at span: SourceSpan?
  ) throws(Diagnostic) {
    guard
      let start = chain.firstIndex(where: { link in
        [link.path, link.place].contains { $0?.isSamePath(as: place) == true }
      })
    else { return }
    let circle = chain[start...].map(\.path) + [path]
    throw Diagnostic(
      .invalidInclude,
      "notebooks include each other in a circle: " + circle.joined(separator: " → "), at: span)
  }

  /// The blocks of an included notebook. Its parameters become the notebook's where that has none of the
  /// name; the rest of its front matter is for itself.
  private mutating func read(_ file: SourceFile, at path: String) -> [Block] {
    let outer = (source, folder, renamedFootnotes)
    chain.append((path, file.place))
    folder = NotebookPath.folder(of: path)
    open(file)
    let (matter, bodyLine) = readFrontMatter()
    parameters.isIncomplete = parameters.isIncomplete || matter.parameters.isIncomplete
    for parameter in matter.parameters.parameters
    where !parameters.parameters.contains(where: { $0.name == parameter.name }) {
      parameters.parameters.append(parameter)
    }
    let blocks = readBody(fromLine: bodyLine)
    chain.removeLast()
    (source, folder, renamedFootnotes) = outer
    return blocks
  }
}

/// The opening line of a fenced block.
private struct Fence {
  /// The backticks or tildes, in the bytes of `source.text`.
  let range: Range<Int>
  /// End of the opening line.
  let lineEnd: Int
  /// The opening line from the fence on.
  let line: String
  let marks: String
  /// Whether a closing line was found; an open block swallows all that follows.
  let isClosed: Bool

  /// nil for a block that is indented, not fenced.
  init?(_ block: Block, _ literal: String, in source: NotebookSource) {
    let text = source.text
    let opening = text.range(ofLine: block.lines.lowerBound)
    let bytes = text.bytes
    let prefix = Set(" >\t-*+.)0123456789".utf8)
    guard let start = bytes[opening].firstIndex(where: { !prefix.contains($0) }),
      bytes[start] == UInt8(ascii: "`") || bytes[start] == UInt8(ascii: "~")
    else { return nil }
    let mark = bytes[start]
    let count = bytes[start..<opening.upperBound].prefix { $0 == mark }.count
    guard count >= 3 else { return nil }
    range = start..<start + count
    lineEnd = opening.upperBound
    line = text[start..<opening.upperBound]
    marks = text[start..<start + count]
    // An indented block holds its first line; a fenced one does not.
    let isIndented = literal.utf8.starts(with: marks.utf8) && literal.utf8.count > marks.utf8.count
    let lineCount = literal.utf8.count(where: { $0 == .lineFeed })
    if isIndented, lineCount >= block.lines.count { return nil }
    let closing = text.range(ofLine: block.lines.upperBound)
    let tail = bytes[closing].drop { $0.isBlank || $0 == UInt8(ascii: ">") }
    let run = tail.prefix { $0 == mark }.count
    isClosed =
      block.lines.upperBound > block.lines.lowerBound && run >= count
      && tail.dropFirst(run).allSatisfy(\.isBlank)
  }
}
