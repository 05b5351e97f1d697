import Foundation
import Testing

@testable import Hub

@Suite struct HubEndpointTests {
  @Test("paths of files are escaped")
  func paths() throws {
    let name = try #require(HubName("owner/name"))
    #expect(
      HubEndpoint.path(of: "a b?#.json", in: name, at: "c")
        == "owner/name/resolve/c/a%20b%3F%23.json")
    #expect(HubEndpoint.escaped("refs/pr/1") == "refs%2Fpr%2F1")
    #expect(HubEndpoint.escaped("é\n") == "%C3%A9%0A")
    let dataset = try #require(HubName("owner/name", kind: .dataset))
    #expect(HubEndpoint.path(of: "f", in: dataset, at: "c") == "datasets/owner/name/resolve/c/f")
    #expect(
      HubEndpoint.path(of: "a b/f", in: dataset, at: "c")
        == "datasets/owner/name/resolve/c/a%20b/f")
  }

  @Test("addresses have an origin, and redirects start from them")
  func addresses() throws {
    let address = try #require(HubAddress("https://Hub.example/a/b?c"))
    #expect(address.origin == "https://hub.example:443")
    #expect(HubAddress("http://hub:8080/x")?.origin == "http://hub:8080")
    #expect(address.following("/d?e=%20f")?.url.absoluteString == "https://Hub.example/d?e=%20f")
    #expect(address.following("http://cdn/x")?.isSecure == false)
    #expect(address.following("file:///etc/passwd") == nil)
    #expect(address.following("ftp://cdn/x") == nil)
    #expect(HubAddress("https://u:p@hub/") == nil && HubAddress("hub") == nil)
  }

  @Test("the proxy that curl takes is known, and its password is not told")
  func proxies() throws {
    func proxy(_ address: String, _ variables: [String: String]) -> String? {
      HubAddress(address).flatMap { HubProxy(for: $0) { variables[$0] } }.map {
        "\($0.variable) \($0.origin)"
      }
    }
    let https = ["https_proxy": "http://user:secret@proxy:3128/", "http_proxy": "other:1"]
    #expect(proxy("https://hub.example", https) == "https_proxy http://proxy:3128")
    #expect(proxy("http://hub.example", https) == "http_proxy http://other:1")
    #expect(proxy("http://hub.example", ["HTTP_PROXY": "other:1"]) == nil)
    #expect(proxy("https://hub.example", ["ALL_PROXY": "socks5://p"]) == "ALL_PROXY socks5://p")
    for exceptions in ["*", "a, .example", "hub.example", "example"] {
      #expect(
        proxy("https://hub.example", https.merging(["no_proxy": exceptions]) { $1 }) == nil)
    }
    #expect(proxy("https://hub.example", https.merging(["no_proxy": "b.example"]) { $1 }) != nil)
  }
}
