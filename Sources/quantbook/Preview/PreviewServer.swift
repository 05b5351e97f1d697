import Diagnostics
import FlyingFox
import FlyingSocks
import Foundation

/// Serves a session's page to this machine alone: the page, what happens to it, and its controls.
struct PreviewServer: Sendable {
  let port: UInt16
  let session: PreviewSession

  static let connectionLimit = 128
  /// Longer than the events' heartbeat, shorter than anybody waits for a connection.
  private static let idleLimit = Duration.seconds(10)
  private static let heartbeat = Duration.seconds(5)

  var address: String { "http://127.0.0.1:\(port)/" }

  /// Serves until the task is cancelled.
  ///
  /// - Parameter onListening: is called when the address can be opened.
  func run(onListening: @escaping @Sendable () -> Void) async throws {
    let pool = LimitedSocketPool(
      base: HTTPServer.defaultPool(), connections: Self.connectionLimit, idle: Self.idleLimit)
    let server = HTTPServer(
      config: HTTPServer.Configuration(
        address: try sockaddr_in.inet(ip4: "127.0.0.1", port: port), pool: pool, logger: .disabled),
      handler: ClosureHTTPHandler { await answer($0) })
    try await withThrowingTaskGroup(of: Void.self) { group in
      defer { group.cancelAll() }
      group.addTask { try await server.run() }
      group.addTask {
        while true {
          try await Task.sleep(for: Self.heartbeat)
          session.events.beat()
        }
      }
      try await server.waitUntilListening()
      onListening()
      try await group.next()
    }
  }

  private func answer(_ request: HTTPRequest) async -> HTTPResponse {
    do throws(PreviewRequest.Refusal) {
      let resource = try PreviewRequest(request).resource(port: port, token: session.token)
      switch resource {
      case .page:
        return response(request, "text/html; charset=utf-8", Data(session.page.html().utf8))
      case .events: return try events(request)
      case .parameters: return try await parameters(request)
      }
    } catch {
      var response = response(
        request, "text/plain; charset=utf-8", Data("\(error.rawValue) \(error.phrase)\n".utf8))
      response.statusCode = HTTPStatusCode(error.rawValue, phrase: error.phrase)
      if error == .wrongMethod { response.headers[HTTPHeader("Allow")] = "GET, HEAD" }
      return response
    }
  }

  private func events(
    _ request: HTTPRequest
  ) throws(PreviewRequest.Refusal) -> HTTPResponse {
    guard request.method != .HEAD else { return response(request, "text/event-stream", Data()) }
    guard let stream = session.events.stream(after: request.headers[HTTPHeader("Last-Event-ID")])
    else { throw .tooManyReaders }
    return HTTPResponse(
      statusCode: .ok, headers: Self.headers("text/event-stream"),
      body: HTTPBodySequence(from: stream))
  }

  private func parameters(
    _ request: HTTPRequest
  ) async throws(PreviewRequest.Refusal) -> HTTPResponse {
    // Its length was checked.
    guard let data = try? await request.bodyData,
      let values = try? JSONDecoder().decode([String: String].self, from: data)
    else { throw .badRequest }
    let mistakes = session.set(values)
    let body = JSONDocument.object(mistakes.map { ($0.name, .string($0.text)) }).line
    var response = response(request, "application/json", Data(body.utf8))
    if !mistakes.isEmpty { response.statusCode = .unprocessableContent }
    return response
  }

  private func response(
    _ request: HTTPRequest, _ type: String, _ body: Data
  ) -> HTTPResponse {
    var headers = Self.headers(type)
    headers[.contentLength] = "\(body.count)"
    return HTTPResponse(
      statusCode: .ok, headers: headers, body: request.method == .HEAD ? Data() : body)
  }

  private static func headers(_ type: String) -> HTTPHeaders {
    [
      .contentType: type, .cacheControl: "no-store",
      HTTPHeader("X-Content-Type-Options"): "nosniff", HTTPHeader("X-Frame-Options"): "DENY",
      HTTPHeader("Referrer-Policy"): "no-referrer",
      HTTPHeader("Cross-Origin-Resource-Policy"): "same-origin",
      HTTPHeader("Cross-Origin-Opener-Policy"): "same-origin",
      HTTPHeader("Content-Security-Policy"): "frame-ancestors 'none'",
    ]
  }
}

extension PreviewRequest {
  fileprivate init(_ request: HTTPRequest) {
    method = request.method.rawValue
    target = request.target.rawValue
    headers = [:]
    for (header, value) in request.headers { headers[header.rawValue.lowercased()] = value }
    bodyLength = request.bodySequence.count
  }
}
