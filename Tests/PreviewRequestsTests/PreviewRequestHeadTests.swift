import Testing

@testable import PreviewRequests

@Suite struct PreviewRequestHeadTests {
  private func request(_ head: String) -> Result<PreviewRequest, PreviewRequest.Refusal> {
    Result { () throws(PreviewRequest.Refusal) in try PreviewRequest(head: head.utf8) }
  }

  @Test("a head gives its method, target and headers, their names in lower case")
  func whole() throws {
    let request = try request(
      "POST /parameters?a=b HTTP/1.1\r\nHost:127.0.0.1:4321\r\nX-Many: 1\r\nx-many: \t2 \r\n"
        + "Empty:\r\nContent-Length: 012"
    ).get()
    #expect(request.method == "POST")
    #expect(request.target == "/parameters?a=b")
    #expect(request.headers["host"] == "127.0.0.1:4321")
    #expect(request.headers["x-many"] == "1, 2")
    #expect(request.headers["empty"] == "")
    #expect(request.bodyLength == 12)
  }

  @Test("without a length there is no body")
  func noLength() throws {
    #expect(try request("GET / HTTP/1.0").get().bodyLength == 0)
  }

  @Test(
    "what readers could take in two ways is refused",
    arguments: [
      "", " ", "GET", "GET /", "GET / HTTP/2", "GET / HTTP/1.1 ", "GET  / HTTP/1.1",
      "G(T / HTTP/1.1",
      "GET http://127.0.0.1/ HTTP/1.1", "GET * HTTP/1.1", "GET /\u{0} HTTP/1.1", "GET /é HTTP/1.1",
      "GET / HTTP/1.1\r\nno colon", "GET / HTTP/1.1\r\n: empty", "GET / HTTP/1.1\r\nHost : a",
      "GET / HTTP/1.1\r\nA: 1\r\n folded", "GET / HTTP/1.1\r\nA: 1\nB: 2",
      "GET / HTTP/1.1\r\nA: \u{7F}", "GET / HTTP/1.1\r\nHost: a\r\nhost: a",
      "GET / HTTP/1.1\r\nTransfer-Encoding: chunked", "GET / HTTP/1.1\r\nContent-Length: -1",
      "GET / HTTP/1.1\r\nContent-Length:", "GET / HTTP/1.1\r\nContent-Length: 1, 1",
      "GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1",
    ])
  func ambiguous(head: String) {
    #expect(request(head).map(\.target) == .failure(.badRequest))
  }

  @Test("a length beyond every number and a crowd of headers are refused")
  func large() {
    let digits = String(repeating: "9", count: 40)
    let long = request("POST / HTTP/1.1\r\nContent-Length: \(digits)")
    #expect(long.map(\.target) == .failure(.bodyTooLarge))
    let many = (0..<101).map { "\r\nX-\($0): a" }.joined()
    #expect(request("GET / HTTP/1.1\(many)").map(\.target) == .failure(.headersTooLarge))
  }
}
