import Diagnostics
import Markdown
import NotebookLanguage
import Rendering
import SafeFiles

extension FuzzTarget {
  /// A notebook as a report in each format, every text of which the notebook decides: values are what
  /// stands between the braces, cells show their own source as tables, charts, listings and failures.
  static let html = FuzzTarget("html", longest: 2048, fixtures: ["Tests/Fuzz/Corpus/markdown"]) {
    bytes in
    let file = SourceFile(name: "n.md", text: String(decoding: bytes, as: UTF8.self))
    let report = Self.report(of: NotebookParser.parse(file))
    let page = try HTMLRenderer(template: Self.template.get()).page(report)
    // The template's own tag, then what the report made.
    try Markup.check(String(page.html.split(separator: "\u{1}", maxSplits: 1).last ?? ""))
    let markdown = MarkdownRenderer(writesFiles: false).render(report)
    try require(!markdown.text.utf8.contains(0), "the Markdown holds a zero")
    let notebook = JupyterRenderer().render(report)
    try require((try? JSONReader.read(Array(notebook.utf8))) != nil, "the ipynb is no JSON")
    _ = CSVRenderer().render(report)
  }

  private static let template = Result {
    try PageTemplate(
      checking: "<meta http-equiv=\"Content-Security-Policy\" content=\"{{{policy}}}\">\u{1}"
        + "<h1>{{{heading}}}</h1><p>{{{subtitle}}}{{byline}}</p>"
        + "<p title=\"{{description}}\">{{{abstract}}}</p>{{{contents}}}{{{body}}}<pre>{{citation}}</pre>"
    )
  }

  private static func report(of notebook: Notebook) -> Report {
    let matter = notebook.frontMatter
    let values = (0..<notebook.placeCount).map { place in
      let text = notebook.expressions[place]?.span.text ?? ""
      return DisplayedValue(text: text, error: text, cause: text, note: text)
    }
    var report = Report(
      title: notebook.title, subtitle: notebook.subtitle, authors: matter.authors.map(\.text),
      date: matter.date?.text, abstract: notebook.abstract, summary: matter.summary?.text,
      url: matter.url?.text, language: "en", blocks: notebook.blocks, values: values,
      outputs: notebook.cells.enumerated().map(Self.outputs), name: "n",
      provenance: notebook.cells.map { ($0.kind, $0.text) })
    report.options.tableHeader = notebook.cells.count % 2 == 0 ? .html : .flat
    return report
  }

  private static func outputs(_ index: Int, of cell: CellSource) -> [Report.Output] {
    let text = cell.text
    let caption = Report.Caption(
      identifier: cell.label, number: index, text: cell.caption, alternative: text)
    let value = DisplayedValue(text: text, error: text, note: text, number: Double(index))
    switch index % 5 {
    case 0:
      let row = Table.Row(
        label: text, unit: text, cells: [Table.Cell(value: value, published: value, isBest: true)])
      let group = Table.Group(label: text, columns: [Table.Column(label: text)])
      return [
        .table(
          Table(
            stub: text, groups: [group], rows: [row], comparison: .toggle, publishedSource: text,
            notes: [text], summary: text), caption)
      ]
    case 1, 2:
      let point = Chart.Point(
        label: text, x: 0, y: Double(index), error: 1, xValue: value, yValue: value)
      let kinds = Chart.Kind.allCases.filter { $0 != .histogram && $0 != .slope }
      return [
        .chart(
          Chart(
            kind: kinds[text.utf8.count % kinds.count], x: .init(label: text),
            y: .init(label: text), seriesTitle: text,
            series: [.init(label: text, points: [point]), .init(label: "b", points: [point])],
            annotations: [.init(y: 1, text: text)]), caption)
      ]
    case 3: return [.listing(language: cell.kind, text: text, isFolded: true)]
    default:
      return [
        .failure(.init(cell: text, message: text, place: text, help: text)), .remark(text),
      ]
    }
  }
}
