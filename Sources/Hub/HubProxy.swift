import Foundation
import SafeFiles

/// The proxy by which an address is asked, as curl finds it in the environment: for messages.
///
/// Source: curl's manual, section "Environment".
struct HubProxy: Hashable, Sendable {
  /// The variable that names it.
  let variable: String
  /// Scheme, host and port alone: beside them may stand a password.
  let origin: String

  /// - Returns: nil where the address is asked without one.
  init?(
    for address: HubAddress,
    variable: (String) -> String? = CacheFolder.environmentVariable
  ) {
    let host = (address.url.host ?? "").lowercased()
    let exceptions = variable("no_proxy") ?? variable("NO_PROXY") ?? ""
    for exception in exceptions.lowercased().split(whereSeparator: { ", ".contains($0) }) {
      let name = exception.drop { $0 == "." }
      if name == "*" || host == name || host.hasSuffix(".\(name)") { return nil }
    }
    // Not HTTP_PROXY, which a web server's programs have from their clients' headers.
    let names =
      (address.isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"])
      + ["all_proxy", "ALL_PROXY"]
    for name in names {
      guard let text = variable(name), !text.isEmpty else { continue }
      let url = URLComponents(string: text.contains("://") ? text : "http://\(text)")
      guard let host = url?.host, !host.isEmpty else { return nil }
      self.variable = name
      origin = "\(url?.scheme ?? "http")://\(host)" + (url?.port.map { ":\($0)" } ?? "")
      return
    }
    return nil
  }
}
