public import Diagnostics
import InputLimits
import Markdown
import Paths

/// Reads a notebook and those that it includes: front matter, Markdown, cells, expressions. It computes
/// nothing, and it stops at no mistake: what is wrong stands in `Notebook.mistakes`.
public struct NotebookParser {
  let readNotebook: NotebookReader
  /// The file that is being read, and where it stands.
  var source: NotebookSource
  var folder = ""
  /// Paths of the notebooks that include each other, from the outermost to the one being read.
  var chain: [(path: String, place: String?)]
  /// What `execute:` says for all cells.
  var defaults = CellOptions()
  var parameters = ParameterList()

  var mistakes: [Diagnostic] = []
  var isPartial = false
  var cells: [CellSource] = []
  var expressions: [Int: Expression] = [:]
  var references: [CrossReferences.Found] = []
  var footnoteMistakes: [Diagnostic] = []
  var bibliography: [Reference] = []
  var citations: [Citations.Found] = []
  var pictures: [PictureReference] = []
  var links: [PageLink] = []
  var anchors = PageAnchors()
  var citationKeys: Set<String> = []
  var isBibliographyPartial = false
  var sections: [String: SourceSpan] = [:]
  var includedFiles: [String] = []
  var fileNames: [String] = []
  /// Notebooks that were taken in; one may be more than once.
  var inclusionCount = 0
  /// Bytes of all files together.
  var byteCount = 0
  /// Labels of footnotes in the files before this one, and what those of this file are called instead.
  var footnotes: Set<String> = []
  var renamedFootnotes: [String: String] = [:]
  /// Footnotes of included notebooks: they stand at the end, with those of the notebook.
  var includedFootnotes: [Block] = []
  var nextPlace = 0
  /// The raw HTML of the block that is being read.
  var openHTML = HTMLPlaceFinder()

  /// The notebook in `file`.
  ///
  /// - Parameter reader: reads the notebooks that `include` cells name.
  public static func parse(
    _ file: SourceFile, including reader: @escaping NotebookReader = Self.noFiles
  ) -> Notebook {
    var parser = Self(file, reader)
    return parser.parse(file)
  }

  /// For a notebook without a folder: every include is a mistake.
  public static func noFiles(_ path: String, _ span: SourceSpan?) throws(Diagnostic) -> SourceFile {
    throw Diagnostic(
      .invalidInclude, "'\(path)' cannot be read: this notebook has no folder", at: span)
  }

  private init(_ file: SourceFile, _ reader: @escaping NotebookReader) {
    readNotebook = reader
    source = NotebookSource(SourceFile(name: file.name, text: ""))
    chain = [(String(file.name.afterLastSlash), file.place)]
  }

  private mutating func parse(_ file: SourceFile) -> Notebook {
    open(file)
    let (frontMatter, bodyLine) = readFrontMatter()
    defaults = frontMatter.execute.options
    parameters = frontMatter.parameters
    readBibliography(frontMatter)
    let title = inline(frontMatter.title)
    let subtitle = inline(frontMatter.subtitle)
    let abstract = inline(frontMatter.abstract)
    var matter = frontMatter
    matter.authors = frontMatter.authors.map { settled($0) }
    matter.date = frontMatter.date.map { settled($0) }
    matter.summary = frontMatter.summary.map { settled($0) }
    matter.url = frontMatter.url.map { settled($0) }
    let blocks = readBody(fromLine: bodyLine)
    matter.parameters = parameters
    return Notebook(
      source: source, frontMatter: matter, title: title, subtitle: subtitle,
      abstract: abstract, blocks: blocks + includedFootnotes,
      cells: cells, expressions: expressions, placeCount: nextPlace, includedFiles: includedFiles,
      fileNames: fileNames, references: references, footnoteMistakes: footnoteMistakes,
      bibliography: bibliography, isBibliographyPartial: isBibliographyPartial,
      citations: citations, links: links, anchors: anchors, pictures: pictures,
      mistakes: mistakes, isPartial: isPartial)
  }

  /// Makes `file` the one that is being read.
  mutating func open(_ file: SourceFile) {
    if !fileNames.contains(file.name) { fileNames.append(file.name) }
    byteCount += file.bytes.count
    let limit = Limit.notebookBytes
    let isTooLarge = byteCount > limit.value
    if isTooLarge {
      isPartial = true
      report(
        Diagnostic(
          .tooComplex,
          "a notebook has at most \(limit.valueText), with all it includes",
          at: SourceSpan(file: file, range: 0..<0), help: limit.cure))
    }
    source = NotebookSource(
      isTooLarge ? SourceFile(name: file.name, text: "") : file, firstPlace: nextPlace)
    nextPlace += source.placeCount
    for mistake in source.mistakes { report(mistake) }
  }

  /// Adds a mistake; beyond a thousand nobody reads them, and they would fill memory.
  mutating func report(_ mistake: Diagnostic) {
    if mistakes.count < 1000 { mistakes.append(mistake) }
  }

  // MARK: - Front matter

  /// The front matter and the first line after it.
  mutating func readFrontMatter() -> (FrontMatter, bodyLine: Int) {
    let text = source.text
    guard text.line(1).trimmingTrailingSpace == "---" else { return (FrontMatter(), 1) }
    guard
      let end = (2..<max(text.lineCount + 1, 2)).first(where: {
        let line = text.line($0)
        return (line.hasPrefix("---") || line.hasPrefix("..."))
          && ["---", "..."].contains(line.trimmingTrailingSpace)
      })
    else {
      isPartial = true
      report(
        Diagnostic(
          .unclosedFrontMatter, "the front matter is never closed",
          at: source.span(ofText: 0..<3),
          notes: [
            Diagnostic.Note("it would take in everything up to the end of the file")
          ], help: "add a line --- after it"))
      return (FrontMatter(), text.lineCount + 1)
    }
    let node = readYAML((2..<end).map { (text.line($0), text.offset(ofLine: $0)) })
    guard let node else { return (FrontMatter(), end + 1) }
    var found: [Diagnostic] = []
    let reading = FrontMatter.read(
      node, called: "the front matter", pending: .areMistakes, &found)
    var matter = reading.value
    if ["references", "bibliography"].contains(where: reading.unread.contains) {
      isBibliographyPartial = true
    }
    if case .mapping = node.content, !node.isIncomplete {
    } else if !node.isNull {
      matter.parameters.isIncomplete = true
    }
    for mistake in found { report(mistake) }
    return (matter, end + 1)
  }

  /// The works that the front matter and the files it names describe, each key once.
  private mutating func readBibliography(_ matter: FrontMatter) {
    var found = matter.references
    for path in matter.bibliography {
      do throws(Diagnostic) {
        let file = try readNotebook(path.value, path.span)
        includedFiles.append(path.value)
        let (references, mistakes) = BibliographyFile.read(file)
        for mistake in mistakes { report(mistake) }
        if !mistakes.isEmpty { isBibliographyPartial = true }
        found += references
      } catch {
        isBibliographyPartial = true
        report(
          error.code == .forbiddenPath
            ? error
            : Diagnostic(
              .invalidBibliography, "the bibliography '\(path.value)' cannot be read",
              at: path.span,
              notes: [Diagnostic.Note(error.message)], help: error.help))
      }
    }
    var places: [String: SourceSpan?] = [:]
    for reference in found {
      let key = reference.identifier.value
      if let first = places[key] {
        report(
          Diagnostic(
            .duplicateLabel, "keys of references must be unique; '\(key)' is taken",
            at: reference.identifier.span,
            notes: first.map { [Diagnostic.Note("first used here", at: $0)] } ?? []))
      } else {
        places[key] = .some(reference.identifier.span)
        bibliography.append(reference)
      }
    }
    citationKeys = Set(bibliography.map(\.identifier.value))
  }

  /// The value of a YAML text; nil for an empty one. A text that is none at all is an incomplete mapping.
  mutating func readYAML(_ lines: [(text: Substring, offset: Int)]) -> YAMLNode? {
    let (node, found) = YAMLReader.read(lines, of: source)
    for mistake in found { report(mistake) }
    if let node { return node }
    guard let mistake = found.first, let span = mistake.span else { return nil }
    var broken = YAMLNode(.mapping([]), at: span)
    broken.isIncomplete = true
    return broken
  }

  // MARK: - Markdown

  /// The blocks of the file that is being read, those of the notebooks that it includes in their places.
  mutating func readBody(fromLine line: Int) -> [Block] {
    let start = source.text.offset(ofLine: line)
    let blank = String(repeating: "\n", count: line - 1)
    let blocks: [Block]
    do {
      let body = String(decoding: source.text.bytes[start...], as: UTF8.self)
      blocks = try MarkdownParser.parse(blank + body)
    } catch {
      isPartial = true
      let place = error.line.map { source.text.range(ofLine: $0).prefix(1) } ?? 0..<0
      report(
        Diagnostic(.tooComplex, "\(error)", at: source.span(ofText: place), help: error.limit?.cure)
      )
      return []
    }
    readFootnotes(blocks)
    readSections(blocks)
    references += CrossReferences.all(in: blocks, of: source)
    pictures += PictureReference.all(in: blocks, of: source, folder: folder)
    citations += Citations.all(in: blocks, of: source, known: citationKeys)
    links += PageLink.all(in: blocks, of: source)
    anchors.add(blocks)
    for problem in FormulaCheck.problems(in: blocks, of: source) { report(problem) }
    footnoteMistakes += Footnotes.mistakes(in: blocks, of: source, fromLine: line)
    return blocks.flatMap { resolve($0) }
  }

  private mutating func readFootnotes(_ blocks: [Block]) {
    renamedFootnotes = [:]
    for case .footnoteDefinition(let label, _) in blocks.lazy.map(\.kind) {
      var name = label
      var count = 1
      while !footnotes.insert(name).inserted {
        count += 1
        name = "\(label)-\(count)"
      }
      renamedFootnotes[label] = name
    }
  }

  private mutating func readSections(_ blocks: [Block]) {
    for block in blocks {
      guard case .heading(_, _, let identifier?) = block.kind else { continue }
      let span = source.firstSpan(of: "{#\(identifier)}", inLines: block.lines)
      if let prefix = ["tbl-", "fig-"].first(where: identifier.hasPrefix) {
        report(
          Diagnostic(
            .misplacedCaption, "the label of a section starts with 'sec-'", at: span,
            help: "rename it to 'sec-\(identifier.dropFirst(prefix.count))'"))
      }
      if let first = sections[identifier] {
        report(
          Diagnostic(
            .duplicateLabel, "labels must be unique; '\(identifier)' is taken", at: span,
            notes: [Diagnostic.Note("first used here", at: first)]))
      } else {
        sections[identifier] = span
      }
    }
  }

  mutating func resolve(_ block: Block) -> [Block] {
    var block = block
    openHTML = HTMLPlaceFinder()
    switch block.kind {
    case .heading(let level, let content, let identifier):
      block.kind = .heading(level: level, content: resolve(content), identifier: identifier)
    case .paragraph(let content): block.kind = .paragraph(resolve(content))
    case .blockQuote(let blocks): block.kind = .blockQuote(blocks.flatMap { resolve($0) })
    case .callout(let callout, let blocks):
      block.kind = .callout(callout, blocks.flatMap { resolve($0) })
    case .list(var list):
      for index in list.items.indices {
        list.items[index].content = list.items[index].content.flatMap { resolve($0) }
      }
      block.kind = .list(list)
    case .table(var table):
      table.header = table.header.map { resolve($0) }
      table.rows = table.rows.map { $0.map { resolve($0) } }
      block.kind = .table(table)
    case .footnoteDefinition(let label, let content):
      block.kind = .footnoteDefinition(
        label: renamedFootnotes[label] ?? label, content: content.flatMap { resolve($0) })
      if chain.count > 1 {
        includedFootnotes.append(block)
        return []
      }
    case .codeBlock(let info, let literal): return resolveListing(block, info: info, literal)
    case .html(let html): block.kind = .html(resolveHTML(html))
    case .thematicBreak, .placeholder: break
    }
    return [block]
  }

  private mutating func resolve(_ inlines: [Inline]) -> [Inline] {
    inlines.map { inline in
      switch inline {
      case .placeholder(let number): return resolvePlace(number)
      case .emphasis(let content): return .emphasis(resolve(content))
      case .strong(let content): return .strong(resolve(content))
      case .strikethrough(let content): return .strikethrough(resolve(content))
      case .link(let destination, let title, let content):
        return .link(
          destination: settled(destination), title: settled(title), content: resolve(content))
      case .image(let target, let title, let alternative):
        return .image(
          source: PictureSource.resolved(settled(target), from: folder), title: settled(title),
          alternative: resolve(alternative))
      case .code(let text): return .code(source.restoring(text))
      case .html(let html): return .html(resolveHTML(html))
      case .footnoteReference(let label):
        return .footnoteReference(label: renamedFootnotes[label] ?? label)
      case .formula(let text, let isDisplay):
        return .formula(source: settled(text), isDisplay: isDisplay)
      case .text, .softBreak, .lineBreak: return inline
      }
    }
  }

  // MARK: - Texts with expressions

  /// A caption or title: Markdown of one paragraph.
  mutating func inline(_ template: Template?) -> [Inline] {
    guard let text = template?.text, !text.isEmpty else { return [] }
    let blocks = (try? MarkdownParser.parse(text)) ?? []
    for label in Set(blocks.flatMap(\.unreadFootnotes)).sorted()
    where !text.contains("\\[^\(label)]") {
      report(
        Diagnostic(
          .unresolvedReference, "titles and captions have no footnotes such as [^\(label)]",
          at: template?.span, help: "write \\[^ for the text itself"))
    }
    if blocks.count == 1, case .paragraph(let content) = blocks[0].kind {
      for problem in FormulaCheck.problems(in: content, at: template?.span, of: source) {
        report(problem)
      }
      content.forEachPicture { source in
        pictures += PictureReference(source, from: folder, at: template?.span).map { [$0] } ?? []
      }
      return resolve(content)
    }
    return resolve(
      Placeholders.pieces(of: text).map {
        switch $0 {
        case .text(let text): .text(text)
        case .placeholder(let number): .placeholder(number)
        }
      })
  }

  /// A text that is shown as it is: with its expressions registered and its escapes resolved.
  mutating func settled(_ text: String) -> String {
    guard text.contains(Placeholders.opening) else { return text }
    var settled = ""
    for piece in Placeholders.pieces(of: text) {
      switch piece {
      case .text(let text): settled += text
      case .placeholder(let number):
        if case .text(let text) = resolvePlace(number) {
          settled += text
        } else {
          settled += Placeholders.token(number)
        }
      }
    }
    return settled
  }

  mutating func settled(_ template: Template) -> Template {
    Template(text: settled(template.text), span: template.span)
  }

  /// What stands at a place in running text: an expression to be filled in, or what an escape stands for.
  private mutating func resolvePlace(_ number: Int) -> Inline {
    guard let place = source.place(number) else { return .text("") }
    if case .literal(let text) = place.kind { return .text(text) }
    if let mistake = misplacedInText(number) {
      report(mistake)
      return .text("")
    }
    if let expression = readExpression(number) { expressions[number] = expression }
    return .placeholder(number)
  }

  mutating func readExpression(_ number: Int) -> Expression? {
    guard let place = source.place(number) else { return nil }
    do throws(Diagnostic) {
      switch place.kind {
      case .expression(let inner): return try ExpressionParser.parse(inner)
      case .literal: return nil
      case .unclosed:
        throw Diagnostic(
          .unclosedExpression, "this expression is never closed", at: place.span,
          help: "close it with }} on the same line, or write \\{{ for the braces themselves")
      case .tooLong:
        throw Diagnostic(
          .unclosedExpression,
          "this expression has more than \(Limit.expressionBytes.value) bytes, or is never closed",
          at: place.span,
          help: "close it with }} on the same line, or write \\{{ for the braces themselves; "
            + Limit.expressionBytes.cure)
      }
    } catch {
      report(error)
      return nil
    }
  }
}

extension Block {
  /// Labels in running text that Markdown did not take for footnotes.
  fileprivate var unreadFootnotes: [String] {
    var labels: [String] = []
    forEachText { text, _ in labels += Footnotes.labels(in: text) }
    return labels
  }
}

extension NotebookSource {
  /// Where a text first stands in some lines; the first of the lines where it does not.
  func firstSpan(of wanted: String, inLines lines: ClosedRange<Int>) -> SourceSpan {
    let found = text.bytes[text.range(ofLines: lines)].firstRange(of: Array(wanted.utf8))
    return span(ofText: found ?? text.range(ofLine: lines.lowerBound))
  }
}
