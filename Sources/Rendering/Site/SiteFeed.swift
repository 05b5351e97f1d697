/// The feed of a site, by which readers hear of new reports.
///
/// Reference: RSS 2.0, https://www.rssboard.org/rss-specification.
public struct SiteFeed {
  /// Its file in the site's folder.
  public static let path = "feed.xml"

  private let title: String
  private let address: String
  private let entries: [SiteEntry]

  /// - Parameter address: of the site, ending with a slash.
  public init(title: String, address: String, entries: [SiteEntry]) {
    self.title = title
    self.address = address
    self.entries = entries
  }

  public var text: String {
    let channel = [
      Self.element("title", title), Self.element("link", address),
      Self.element("description", title),
      "<atom:link href=\"\(Escaping.attribute(address + Self.path))\" rel=\"self\" "
        + "type=\"application/rss+xml\"/>",
    ]
    let items = entries.sorted(by: SiteEntry.newestFirst).compactMap(item)
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
      <channel>
      \((channel + items).joined(separator: "\n"))
      </channel>
      </rss>

      """
  }

  private func item(_ entry: SiteEntry) -> String? {
    guard let page = entry.page else { return nil }
    let link = address + Escaping.address(ofFile: page)
    let parts = [
      Self.element("title", entry.title),
      // Escaped already.
      "<link>\(link)</link>\n<guid>\(link)</guid>",
      SiteDate(entry.date).map { Self.element("pubDate", $0.rfc822) },
      entry.abstract.map { Self.element("description", Escaping.text($0)) },
    ]
    return "<item>\n\(parts.compactMap(\.self).joined(separator: "\n"))\n</item>"
  }

  private static func element(_ name: String, _ text: String) -> String {
    "<\(name)>\(Escaping.text(text))</\(name)>"
  }
}
