private import Crypto
private import Foundation

/// The style that the pages of a site share.
public enum SiteStyle {
  public static let css = Theme.css + PageTemplate.text(PackageResources.Site_css)

  /// Its file in the site's folder. The name changes with the contents, so that no page is shown in the
  /// style of another version that a browser has kept.
  public static let path: String = {
    let hash = SHA256.hash(data: Data(css.utf8)).prefix(6).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return "quantbook-\(hash.joined()).css"
  }()
}
