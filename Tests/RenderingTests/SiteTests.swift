import Foundation
import Markdown
import NotebookLanguage
import Testing

@testable import Rendering

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct SiteTests {
  private static func entry(
    _ title: String, date: String?, page: String?, abstract: String? = nil
  ) -> SiteEntry {
    var entry = SiteEntry(notebook: "\(title).md", title: title)
    entry.date = date
    entry.page = page
    entry.abstract = abstract
    return entry
  }

  private static let entries = [
    entry("Undated", date: "some day", page: "undated.html"),
    entry("Old", date: "2025-02-03", page: "a/old report.html", abstract: "a < b & c"),
    entry("New", date: "2026-11-25T10:00:00Z", page: "new.html"),
    entry("Broken", date: nil, page: nil),
  ]

  @Test("the newest report comes first, and those without a day last by their titles")
  func order() {
    let titles = Self.entries.sorted(by: SiteEntry.newestFirst).map(\.title)
    #expect(titles == ["New", "Old", "Broken", "Undated"])
  }

  @Test("the feed is RSS with full addresses, and its texts are escaped")
  func feed() throws {
    let feed = SiteFeed(title: "R & D", address: "https://example.org/r/", entries: Self.entries)
    let document = try XMLText.elements(in: feed.text)
    #expect(document["rss/channel/title"] == ["R & D"])
    #expect(document["rss/channel/item/title"] == ["New", "Old", "Undated"])
    #expect(
      document["rss/channel/item/link"] == [
        "https://example.org/r/new.html", "https://example.org/r/a/old%20report.html",
        "https://example.org/r/undated.html",
      ])
    #expect(
      document["rss/channel/item/pubDate"] == [
        "Wed, 25 Nov 2026 00:00:00 GMT", "Mon, 03 Feb 2025 00:00:00 GMT",
      ])
    // HTML in XML: escaped for both.
    #expect(document["rss/channel/item/description"] == ["a &lt; b &amp; c"])
  }

  @Test("the sitemap has the index and each page, with the days that are known")
  func sitemap() throws {
    let map = Sitemap(address: "https://example.org/r/", entries: Self.entries)
    let document = try XMLText.elements(in: map.text)
    #expect(
      document["urlset/url/loc"] == [
        "https://example.org/r/", "https://example.org/r/a/old%20report.html",
        "https://example.org/r/new.html", "https://example.org/r/undated.html",
      ])
    #expect(document["urlset/url/lastmod"] == ["2026-11-25", "2025-02-03", "2026-11-25"])
  }

  @Test("nothing that a notebook or an earlier record says becomes markup in the index")
  func escapes() throws {
    let trap = "\"><script>alert(1)</script>\u{1}"
    var entry = SiteEntry(notebook: trap, title: trap)
    entry.page = "javascript:\(trap).html"
    entry.thumbnail = trap
    entry.abstract = trap
    entry.authors = [trap]
    entry.language = trap
    entry.headings = [.init(level: 1, number: trap, anchor: trap, text: trap)]
    entry.failure = .init(message: trap, page: trap)
    let html = try SiteIndex(title: trap, entries: [entry], hasFeed: true).html()
    #expect(html.components(separatedBy: "<script>").count == 2)
    #expect(!html.contains("\u{1}"))
    #expect(!html.contains("\"><script>alert"))
    #expect(!html.contains("\"javascript:"))
  }

  @Test("a page of a site takes its style from the file that all share, and links to the index")
  func page() throws {
    let frame = SiteFrame(title: "Ours", path: "a/b/c.html", address: "https://example.org/")
    let report = Report(title: [.text("T")], blocks: [], name: "c")
    let html = try HTMLRenderer().page(report, site: frame).html
    #expect(html.contains("@import url(\"../../\(SiteStyle.path)\");"))
    #expect(!html.contains("--paper: #ffffff"))
    #expect(html.contains("<a href=\"../../index.html\">← Ours</a>"))
    #expect(html.contains("<link rel=\"canonical\" href=\"https://example.org/a/b/c.html\">"))
    #expect(html.contains("style-src 'self' 'unsafe-inline'; img-src 'self' data:"))
    let alone = try HTMLRenderer().page(report).html
    #expect(!alone.contains("site-home"))
    #expect(alone.contains("style-src 'unsafe-inline'; img-src data:"))
  }
}

/// The texts of an XML document's elements, by the path of each.
private final class XMLText: NSObject, XMLParserDelegate {
  private var path: [String] = []
  private var text = ""
  private var found: [String: [String]] = [:]

  static func elements(in xml: String) throws -> [String: [String]] {
    let parser = XMLParser(data: Data(xml.utf8))
    let texts = XMLText()
    parser.delegate = texts
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
    return texts.found
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    path.append(name)
    text = ""
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) {
    found[path.joined(separator: "/"), default: []].append(text)
    path.removeLast()
    text = ""
  }
}
