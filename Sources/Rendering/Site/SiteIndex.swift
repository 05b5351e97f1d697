/// The page of a site that lists its reports, newest first, and searches their titles, abstracts and
/// headings: all of them stand in the page, so that the search asks nobody.
public struct SiteIndex {
  /// Its file in the site's folder.
  public static let path = "index.html"

  private let title: String
  private let entries: [SiteEntry]
  private let hasFeed: Bool

  public init(title: String, entries: [SiteEntry], hasFeed: Bool) {
    self.title = title
    self.entries = entries.sorted(by: SiteEntry.newestFirst)
    self.hasFeed = hasFeed
  }

  /// - Throws: nothing but what is wrong with the template that ships.
  public func html() throws(PageTemplateError) -> String {
    let script = PageTemplate.text(PackageResources.Search_js)
    var values: [String: Any] = [
      "title": title, "script": script, "style": SiteStyle.path,
      "language": entries.first?.language ?? "en",
      "policy": PagePolicy(script: script, readsSite: true).text,
      "reports": entries.map(values(of:)),
      "count": entries.count == 1 ? "1 report" : "\(entries.count) reports",
    ]
    if hasFeed { values["feed"] = SiteFeed.path }
    return try PageTemplate(PageTemplate.text(PackageResources.Index_mustache)).render(values)
  }

  private func values(of entry: SiteEntry) -> [String: Any] {
    let page = entry.page ?? entry.failure?.page
    var values: [String: Any] = ["title": entry.title]
    if let page {
      // Addresses are written by their own rules, and so not escaped again.
      values["link"] = ["address": Escaping.address(ofFile: page), "title": entry.title]
    }
    if let thumbnail = entry.thumbnail { values["thumbnail"] = Escaping.address(ofFile: thumbnail) }
    let line = (entry.authors + [entry.date].compactMap(\.self)).joined(separator: " · ")
    if !line.isEmpty { values["byline"] = line }
    if let abstract = entry.abstract { values["abstract"] = abstract }
    if let page = entry.page, !entry.headings.isEmpty {
      values["contents"] = [
        "headings": entry.headings.map { heading in
          [
            "address": Escaping.address(ofFile: page) + "#" + Escaping.attribute(heading.anchor),
            "number": heading.number, "text": heading.text,
          ]
        }
      ]
    }
    if let failure = entry.failure {
      var mark: [String: Any] = [
        "message": failure.message, "notebook": entry.notebook,
      ]
      if entry.page != nil { mark["isOld"] = "yes" }
      if let page = failure.page { mark["page"] = Escaping.address(ofFile: page) }
      values["failure"] = mark
    }
    return values
  }
}
