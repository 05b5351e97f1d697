import InputLimits
import Testing

@testable import PreviewRequests

@Suite struct PreviewRequestTests {
  private static let host = "127.0.0.1:4321"

  private func outcome(
    _ method: String = "GET", _ target: String = "/", _ headers: [String: String] = [:],
    body: Int = 0
  ) -> Result<PreviewRequest.Resource, PreviewRequest.Refusal> {
    let all = ["host": Self.host].merging(headers) { $1 }
    let request = PreviewRequest(method: method, target: target, headers: all, bodyLength: body)
    return Result { () throws(PreviewRequest.Refusal) in
      try request.resource(port: 4321, token: "secret")
    }
  }

  @Test("the sizes of requests are limited")
  func limits() throws {
    #expect(outcome("GET", "/?abcdef") == .success(.page))
    Limits.with([.previewTargetBytes: 7]) {
      #expect(outcome("GET", "/?abcdef") == .failure(.targetTooLong))
    }
    Limits.with([.previewHeaderBytes: 10]) {
      #expect(outcome("GET", "/") == .failure(.headersTooLarge))
    }
    let token = ["x-preview-token": "secret", "content-type": "application/json"]
    Limits.with([.previewBodyBytes: 5]) {
      #expect(outcome("POST", "/parameters", token, body: 6) == .failure(.bodyTooLarge))
    }
    let head = Array("GET / HTTP/1.1\r\nhost: a\r\nx: b".utf8)
    #expect(try PreviewRequest(head: head).headers.count == 2)
    #expect(throws: PreviewRequest.Refusal.headersTooLarge) {
      try Limits.with([.previewHeaders: 1]) { try PreviewRequest(head: head) }
    }
  }

  @Test("a page asks by either name of the server", arguments: [Self.host, "LOCALHOST:4321"])
  func ownNames(host: String) {
    #expect(outcome("GET", "/", ["host": host]) == .success(.page))
    #expect(outcome("HEAD", "/events?x=1", ["host": host]) == .success(.events))
  }

  @Test(
    "another name for this machine is refused",
    arguments: [
      "evil.example", "evil.example:4321", "127.0.0.1", "127.0.0.1:4322", "localhost.evil:4321",
      "127.0.0.1:4321.evil.example", "[::1]:4321", "",
    ])
  func rebinding(host: String) {
    #expect(outcome("GET", "/", ["host": host]) == .failure(.misdirected))
  }

  @Test("a request without a host is refused")
  func noHost() {
    let request = PreviewRequest(method: "GET", target: "/", headers: [:], bodyLength: 0)
    #expect(throws: PreviewRequest.Refusal.misdirected) {
      try request.resource(port: 4321, token: "secret")
    }
  }

  @Test(
    "other origins are refused, this server's other name among them",
    arguments: ["null", "http://evil.example", "https://127.0.0.1:4321", "http://localhost:4321"])
  func origins(origin: String) {
    #expect(outcome("GET", "/", ["origin": origin]) == .failure(.foreign))
  }

  @Test("another site may link here, and no more")
  func otherSites() {
    let link = ["sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"]
    #expect(outcome("GET", "/", link) == .success(.page))
    let fetch = ["sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors"]
    #expect(outcome("GET", "/events", fetch) == .failure(.foreign))
    #expect(outcome("GET", "/", ["sec-fetch-site": "same-origin"]) == .success(.page))
  }

  @Test(
    "nothing but the report is served",
    arguments: ["/report.md", "/../etc/passwd", "//", "http://127.0.0.1:4321/", "", "/EVENTS"])
  func paths(path: String) {
    #expect(outcome("GET", path) == .failure(.notFound))
  }

  @Test("each resource has its methods")
  func methods() {
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE"] {
      #expect(outcome(method, "/") == .failure(.wrongMethod))
    }
    #expect(outcome("GET", "/parameters") == .failure(.wrongMethod))
  }

  @Test("parameters need the origin and the token")
  func parameters() {
    let own = ["origin": "http://127.0.0.1:4321", "x-preview-token": "secret"]
    #expect(outcome("POST", "/parameters", own, body: 100) == .success(.parameters))
    for missing in own.keys {
      let rest = own.filter { $0.key != missing }
      #expect(outcome("POST", "/parameters", rest) == .failure(.foreign))
    }
    let guessed = own.merging(["x-preview-token": "secre"]) { $1 }
    #expect(outcome("POST", "/parameters", guessed) == .failure(.foreign))
  }

  @Test("long requests are refused")
  func sizes() {
    let long = String(repeating: "a", count: 20_000)
    #expect(outcome("GET", "/" + long) == .failure(.targetTooLong))
    #expect(outcome("GET", "/", ["x": long]) == .failure(.headersTooLarge))
    #expect(outcome("GET", "/", body: 1) == .failure(.bodyTooLarge))
    #expect(outcome("POST", "/parameters", body: 16_385) == .failure(.bodyTooLarge))
  }
}
