public import Diagnostics
import InputLimits
import Markdown
public import NotebookLanguage

/// Fills the results of a run into the notebook's prose: compute first, then fill.
public struct ReportBuilder {
  private let results: RunResults
  private let scope: ExpressionScope
  /// Places in the list of references, from 1.
  private let citationNumbers: [String: Int]
  private var diagnostics: [Diagnostic] = []
  private var values: [DisplayedValue] = []

  private var checked: CheckedNotebook { results.checked }
  private var notebook: Notebook { results.checked.notebook }

  /// The report, and what went wrong in its expressions.
  ///
  /// An expression that needs a result which a failed run has not got shows as `not computed` and is
  /// no mistake of its own.
  ///
  /// - Parameters:
  ///   - name: the notebook's file name without its extension.
  ///   - provenance: facts about the run, for the report's last section.
  public static func build(
    _ results: RunResults, name: String, provenance: [(name: String, value: String)]
  ) -> (report: Report, diagnostics: [Diagnostic]) {
    var builder = Self(results: results)
    return (
      builder.build(name: name, provenance: provenance), builder.diagnostics
    )
  }

  private init(results: RunResults) {
    self.results = results
    scope = results.scope
    let keys = results.checked.citations.map(\.identifier.value)
    citationNumbers = Dictionary(
      uniqueKeysWithValues: keys.enumerated().map { ($0.element, $0.offset + 1) })
  }

  private mutating func build(
    name: String, provenance: [(name: String, value: String)]
  ) -> Report {
    values = (0..<notebook.placeCount).map { _ in DisplayedValue(text: "") }
    for (place, expression) in notebook.expressions.sorted(by: { $0.key < $1.key }) {
      values[place] = displayed(expression)
    }
    var outputs: [[Report.Output]] = []
    for index in checked.cells.indices { outputs.append(self.outputs(of: index)) }
    let matter = notebook.frontMatter
    var options = Report.Options()
    options.tableOfContents = matter.format.html.tableOfContents
    options.theme = matter.format.html.theme
    options.tableHeader = matter.format.markdown.tableHeader
    return Report(
      title: notebook.title.isEmpty ? [.text(name)] : notebook.title,
      subtitle: filled(notebook.subtitle), authors: matter.authors.map { filled($0.text) },
      date: matter.date.map { filled($0.text) },
      abstract: filled(notebook.abstract), summary: matter.summary.map { filled($0.text) },
      url: matter.url.map { filled($0.text) }, language: matter.language,
      blocks: notebook.blocks.map(filled),
      values: values, outputs: outputs, name: name, options: options,
      references: checked.citations.map {
        Report.Reference(identifier: Self.anchor($0.identifier.value), text: $0.entry)
      },
      provenance: provenance + factsOfValues + results.facts)
  }

  /// What the cells' values say of how they were made, each fact once.
  private var factsOfValues: [(name: String, value: String)] {
    var facts: [(name: String, value: String)] = []
    for fact in results.cells.flatMap({ $0?.variants ?? [] }).flatMap({
      $0.stored?.provenance ?? []
    })
    where !facts.contains(where: { $0 == fact }) {
      facts.append(fact)
    }
    return facts
  }

  // MARK: - Values

  private mutating func displayed(_ expression: Expression) -> DisplayedValue {
    let isMissing = expression.rootNames.contains { scope.values[$0.name] == nil }
    if isMissing {
      return DisplayedValue(
        text: "not computed", origin: .derived, cause: "a cell that this needs has no result")
    }
    do throws(Diagnostic) {
      let value = try expression.value(in: scope)
      var shown = DisplayedValue(value)
      // What settings alone decide was not found out by the run.
      if case .bool = value, expression.isConstant { shown.origin = .given }
      return shown
    } catch {
      diagnostics.append(error)
      return DisplayedValue(text: "error", origin: .derived, cause: error.message)
    }
  }

  /// `text` with its tokens replaced by the values' texts: for link targets and descriptions.
  private func filled(_ text: String) -> String {
    Placeholders.replacing(in: text) { values.indices.contains($0) ? values[$0].text : "" }
  }

  // MARK: - Prose

  private func filled(_ block: Block) -> Block {
    var block = block
    switch block.kind {
    case .heading(let level, let content, let identifier):
      block.kind = .heading(level: level, content: filled(content), identifier: identifier)
    case .paragraph(let content): block.kind = .paragraph(filled(content))
    case .blockQuote(let blocks): block.kind = .blockQuote(blocks.map(filled))
    case .callout(let callout, let blocks): block.kind = .callout(callout, blocks.map(filled))
    case .list(var list):
      for index in list.items.indices {
        list.items[index].content = list.items[index].content.map(filled)
      }
      block.kind = .list(list)
    case .table(var table):
      table.header = table.header.map(filled)
      table.rows = table.rows.map { $0.map(filled) }
      block.kind = .table(table)
    case .footnoteDefinition(let label, let content):
      block.kind = .footnoteDefinition(label: label, content: content.map(filled))
    case .codeBlock, .html, .thematicBreak, .placeholder: break
    }
    return block
  }

  private func filled(_ inlines: [Inline]) -> [Inline] {
    inlines.flatMap { inline -> [Inline] in
      switch inline {
      case .text(let text): references(in: text)
      case .emphasis(let content): [.emphasis(filled(content))]
      case .strong(let content): [.strong(filled(content))]
      case .strikethrough(let content): [.strikethrough(filled(content))]
      case .link(let destination, let title, let content):
        [.link(destination: filled(destination), title: filled(title), content: content)]
      case .image(let source, let title, let alternative):
        [.image(source: filled(source), title: filled(title), alternative: alternative)]
      default: [inline]
      }
    }
  }

  private func references(in text: String) -> [Inline] {
    CrossReferences.pieces(of: text).flatMap { piece -> [Inline] in
      switch piece {
      case .text(let text): return citations(in: text)
      case .reference(let label, let numberOnly):
        guard let target = checked.references[label] else { return [.text("@\(label)")] }
        let text = numberOnly ? target.number : "\(target.kind) \(target.number)"
        return [.link(destination: "#\(label)", title: "", content: [.text(text)])]
      }
    }
  }

  /// `[1, p. 3; 2]`, and `Dettmers et al. [1]` where the sentence names the work.
  private func citations(in text: String) -> [Inline] {
    Citations.pieces(of: text, known: Set(citationNumbers.keys)).flatMap { piece -> [Inline] in
      switch piece {
      case .text(let text): return [.text(text)]
      case .named(let key):
        guard let number = citationNumbers[key] else { return [.text("@\(key)")] }
        return checked.citations[number - 1].shortAuthors
          + [.text(" ["), link(to: key, number), .text("]")]
      case .group(let group):
        var inlines: [Inline] = [.text("[")]
        for (index, citation) in group.enumerated() {
          if index > 0 { inlines.append(.text("; ")) }
          if !citation.prefix.isEmpty { inlines.append(.text(citation.prefix + " ")) }
          if let number = citationNumbers[citation.key] {
            inlines.append(link(to: citation.key, number))
          } else {
            inlines.append(.text("@\(citation.key)"))
          }
          if !citation.locator.isEmpty { inlines.append(.text(", " + citation.locator)) }
        }
        return inlines + [.text("]")]
      }
    }
  }

  private func link(to key: String, _ number: Int) -> Inline {
    .link(
      destination: "#" + Self.anchor(key), title: PlainText.of(checked.citations[number - 1].entry),
      content: [.text("\(number)")])
  }

  private static func anchor(_ key: String) -> String {
    "ref-" + key.map { $0.isLetter || $0.isNumber ? $0 : "-" }
  }

  // MARK: - Outputs

  private mutating func outputs(of index: Int) -> [Report.Output] {
    let cell = checked.cells[index]
    let options = cell.source.options
    guard options.include else { return [] }
    var outputs: [Report.Output] = []
    let echo = options.echo
    if echo != .no {
      let lines = cell.source.text.split(separator: "\n", omittingEmptySubsequences: false)
      let text = echo == .fenced ? lines : lines.dropFirst().dropLast()
      outputs.append(
        .listing(
          language: "yaml", text: text.joined(separator: "\n"), isFolded: options.foldsCode))
    }
    switch results.cells[index]?.state {
    case .computed?, .cached?, .frozen?:
      guard options.output, let display = results.display(ofCell: index) else { break }
      if let mistake = excess(of: display, cell.source) {
        diagnostics.append(mistake)
        break
      }
      switch display {
      case .table(let table): outputs.append(.table(table, caption(of: cell.source)))
      case .chart(var chart):
        chart.width = options.figureWidth?.inches
        chart.height = options.figureHeight?.inches
        outputs.append(.chart(chart, caption(of: cell.source)))
      }
    case .failed(let diagnostics)?:
      outputs += diagnostics.map {
        .failure(
          Report.Failure(
            cell: cell.source.description, message: $0.message,
            place: ($0.span ?? cell.source.kindSpan).place, help: $0.help))
      }
    case .skipped(let missing)? where options.eval.value:
      let reason = missing.map { ": it needs \($0)" } ?? ""
      outputs.append(.remark("\(cell.source.description) was not run\(reason)"))
    case .skipped?, nil: break
    }
    return outputs
  }

  /// That a table or chart has more than a report can hold.
  private func excess(of display: Display, _ source: CellSource) -> Diagnostic? {
    let (count, limit, parts) =
      switch display {
      case .table(let table):
        (table.rows.reduce(0) { $0 + $1.cells.count }, Limit.tableCells, "cells")
      case .chart(let chart):
        (chart.series.reduce(0) { $0 + $1.points.count }, Limit.plotPoints, "points")
      }
    guard count > limit.value else { return nil }
    return Diagnostic(
      .tooComplex,
      "\(source.description) shows \(count) \(parts); at most \(limit.value) are shown",
      at: source.kindSpan, help: limit.cure)
  }

  private func caption(of source: CellSource) -> Report.Caption {
    let target = source.label.flatMap { checked.references[$0] }
    return Report.Caption(
      identifier: source.label, number: target.flatMap { Int($0.number) },
      text: filled(source.caption),
      alternative: source.options.figureAlternative.map { filled($0.text) })
  }
}
