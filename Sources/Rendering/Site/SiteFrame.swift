/// What a page of a site has from the site: links to its other files, relative to the page.
public struct SiteFrame: Sendable {
  /// What the site is called.
  public var title: String
  /// The page that lists all others.
  public var home: String
  /// The style that the pages share.
  public var style: String
  /// The RSS feed; nil where the site has none.
  public var feed: String?
  /// The page's own full address; nil where it is not known.
  public var address: String?

  /// - Parameters:
  ///   - path: of the page, relative to the site's folder, such as `gpt2/nf4.html`.
  ///   - address: of the site, ending with a slash.
  public init(title: String, path: String, address: String?) {
    let up = String(repeating: "../", count: path.count { $0 == "/" })
    self.title = title
    home = up + SiteIndex.path
    style = up + SiteStyle.path
    feed = address == nil ? nil : up + SiteFeed.path
    self.address = address.map { $0 + Escaping.address(ofFile: path) }
  }
}
