import ArgumentParser
import Foundation

/// `--url`: where a site will be found, such as `https://example.org/reports/`.
struct SiteAddress: ExpressibleByArgument {
  /// Ends with a slash.
  let text: String

  init?(argument: String) {
    guard let url = URL(string: argument), ["http", "https"].contains(url.scheme?.lowercased()),
      let host = url.host(), !host.isEmpty, url.query() == nil, url.fragment() == nil,
      url.user() == nil, url.password() == nil,
      argument.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"\"'<>&\\^`{|}".utf8.contains($0) })
    else { return nil }
    text = argument.hasSuffix("/") ? argument : argument + "/"
  }
}
