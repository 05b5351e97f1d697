private import Crypto
private import Foundation

/// The content security policy of a page: nothing is fetched, nothing is sent, and no script runs but
/// the one whose hash the policy has.
struct PagePolicy {
  var script: String
  /// Whether the script may talk to the server that the page came from.
  var connects = false
  /// Whether style and pictures may come from files beside the page.
  var readsSite = false

  var text: String {
    let hash = Data(SHA256.hash(data: Data(script.utf8))).base64EncodedString()
    let site = readsSite ? "'self' " : ""
    return "default-src 'none'; style-src \(site)'unsafe-inline'; img-src \(site)data:; "
      + "script-src 'sha256-\(hash)'; \(connects ? "connect-src 'self'; " : "")"
      + "base-uri 'none'; form-action 'none'"
  }
}
