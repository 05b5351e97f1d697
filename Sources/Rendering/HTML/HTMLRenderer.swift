import Markdown
public import NotebookLanguage

/// Renders a report as one HTML file that needs nothing else: style and charts are in it, there is no
/// script, and a content security policy forbids any request.
public struct HTMLRenderer {
  public init() {}

  public func render(_ report: Report) -> String {
    var writer = HTMLWriter(report: report)
    let body = writer.body()
    let title = PlainText.of(report.title) {
      report.values.indices.contains($0) ? report.values[$0].text : ""
    }
    let contents = report.options.tableOfContents ? writer.tableOfContents : ""
    let language = Escaping.attribute(report.language)
    let theme = report.options.theme.rawValue
    return """
      <!DOCTYPE html>
      <html lang="\(language)" data-theme="\(theme)">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
      style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
      <meta name="generator" content="Quantbook">\(description(report))
      <title>\(Escaping.text(title))</title>
      <style>
      \(Theme.css)
      </style>
      </head>
      <body>
      <a class="skip" href="#content">Skip to the text</a>
      <div class="page">
      <header>
      <h1>\(writer.inline(report.title))</h1>
      \(byline(report))\(summary(report))
      </header>
      \(contents)
      <main id="content">
      \(body)
      \(provenance(report))
      </main>
      </div>
      </body>
      </html>

      """
  }

  private func description(_ report: Report) -> String {
    guard let summary = report.summary else { return "" }
    return "\n<meta name=\"description\" content=\"\(Escaping.attribute(summary))\">"
  }

  private func summary(_ report: Report) -> String {
    guard let summary = report.summary else { return "" }
    return "\n<p class=\"summary\">\(Escaping.text(summary))</p>"
  }

  private func byline(_ report: Report) -> String {
    let parts = report.authors + [report.date].compactMap(\.self)
    guard !parts.isEmpty else { return "" }
    return "<p class=\"byline\">\(parts.map(Escaping.text).joined(separator: " · "))</p>"
  }

  private func provenance(_ report: Report) -> String {
    guard !report.provenance.isEmpty else { return "" }
    let rows = report.provenance.map {
      "<div><dt>\(Escaping.text($0.name))</dt><dd>\(Escaping.text($0.value))</dd></div>"
    }
    return """
      <section class="provenance" aria-labelledby="provenance">
      <h2 id="provenance">How these figures were made</h2>
      <dl>
      \(rows.joined(separator: "\n"))
      </dl>
      <p>Every figure with a dotted line under it was computed in this run; point at it to see how.
      Figures in italics after <em>pub.</em> are published and were not computed here.
      <span class="best">▸ Bold</span> marks the best of a row.</p>
      </section>
      """
  }
}
