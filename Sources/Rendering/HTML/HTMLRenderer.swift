public import NotebookLanguage

/// Renders a report as one HTML file that needs nothing else: style, charts and pictures are in it. A
/// content security policy forbids any request and any script but the page's own, without which it
/// reads the same.
public struct HTMLRenderer: Sendable {
  private let template: PageTemplate
  private let addition: PageAddition?
  private let script: String

  /// - Parameters:
  ///   - template: the frame of the page; the one that ships if nil.
  ///   - addition: what a live preview adds.
  public init(
    template: PageTemplate? = nil, addition: PageAddition? = nil
  ) throws(PageTemplateError) {
    self.template = if let template { template } else { try .standard() }
    self.addition = addition
    // What is added looks at the page before the page's own script changes it.
    script = [addition?.script, Self.script].compactMap(\.self).joined(separator: "\n")
  }

  /// - Parameter cells: what to call the report's cells; where it is given, each cell's place is marked
  ///   by a hidden element with its name.
  public func render(_ report: Report, cells: [String] = []) -> String {
    page(report, cells: cells).html
  }

  /// The same, and its headings.
  ///
  /// - Parameter site: what the page has from the site that it is a page of; one that stands alone
  ///   holds all that it needs.
  public func page(_ report: Report, cells: [String] = [], site: SiteFrame? = nil) -> HTMLPage {
    var writer = HTMLWriter(report: report, cells: cells)
    // The contents list the headings that the body has written.
    let body = writer.body()
    var values: [String: Any] = [
      "language": report.language, "theme": report.options.theme.rawValue,
      "policy": PagePolicy(script: script, connects: addition != nil, readsSite: site != nil).text,
      "title": report.plain(report.title), "authors": report.authors,
      "heading": writer.inline(report.title), "body": body,
      "style": (site.map(Self.importing) ?? Theme.css) + Self.embeddable(report.options.css)
        + (addition?.style ?? ""),
      "script": script,
      "contents": report.options.tableOfContents ? writer.tableOfContents : "",
    ]
    values["date"] = report.date
    values["description"] = report.summary ?? nonempty(report.plain(report.abstract))
    values["summary"] = report.summary
    values["subtitle"] = nonempty(writer.inline(report.subtitle))
    values["abstract"] = nonempty(writer.inline(report.abstract))
    values["byline"] = nonempty(
      (report.authors + [report.date].compactMap(\.self)).joined(separator: " · "))
    values["citation"] = Citation(of: report)?.bibTeX
    if !report.provenance.isEmpty {
      values["provenance"] = [
        "facts": report.provenance.map { ["name": $0.name, "value": $0.value] },
        "legend": Self.legend(of: body),
      ]
    }
    values["site"] = site.map(Self.values)
    return HTMLPage(html: template.render(values), headings: writer.headings)
  }

  /// Which of the page's marks are to be explained: those that it has; false where it has none.
  private static func legend(of body: String) -> Any {
    func has(_ marks: String...) -> Bool { marks.contains { body.contains("class=\"\($0)\"") } }
    let marks = [
      "computed": has("value measured", "value derived"), "published": has("published"),
      "best": has("best"),
    ]
    return marks.values.contains(true) ? marks : false
  }

  /// A rule and no `<link>`, so that it serves in every template.
  private static func importing(_ site: SiteFrame) -> String { "@import url(\"\(site.style)\");\n" }

  private static func values(_ site: SiteFrame) -> [String: Any] {
    var values: [String: Any] = ["home": site.home, "name": site.title]
    values["feed"] = site.feed
    values["address"] = site.address
    return values
  }

  private func nonempty(_ text: String) -> String? { text.isEmpty ? nil : text }

  private static let script = PageTemplate.text(PackageResources.Page_js)

  /// An author's own style, which cannot end the element that it stands in.
  private static func embeddable(_ css: String) -> String {
    var previous: Unicode.Scalar = " "
    return Escaping.replacing(css) { scalar in
      defer { previous = scalar }
      return scalar == "/" && previous == "<" ? "\\/" : nil
    }
  }
}
