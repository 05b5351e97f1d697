/// The list of a site's pages that search engines read.
///
/// Reference: https://www.sitemaps.org/protocol.html.
public struct Sitemap {
  /// Its file in the site's folder.
  public static let path = "sitemap.xml"

  private let address: String
  private let entries: [SiteEntry]

  /// - Parameter address: of the site, ending with a slash.
  public init(address: String, entries: [SiteEntry]) {
    self.address = address
    self.entries = entries
  }

  public var text: String {
    let pages = entries.compactMap { entry in entry.page.map { (path: $0, date: entry.date) } }
      .sorted { $0.path < $1.path }
    let newest = pages.compactMap { SiteDate($0.date) }.max()
    let all = [("", newest)] + pages.map { ($0.path, SiteDate($0.date)) }
    let urls = all.map { path, date in
      let changed = date.map { "<lastmod>\($0.day)</lastmod>" } ?? ""
      return
        "<url><loc>\(Escaping.text(address) + Escaping.address(ofFile: path))</loc>\(changed)</url>"
    }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      \(urls.joined(separator: "\n"))
      </urlset>

      """
  }
}
