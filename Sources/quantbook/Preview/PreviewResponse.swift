import Foundation
import PreviewRequests

/// What a client is sent: a head, and a body that is there or comes bit by bit.
struct PreviewResponse: Sendable {
  enum Body: Sendable {
    case whole(Data)
    /// Until its reader goes.
    case events(EventStream)
  }

  var status: Int
  var phrase: String
  var type: String
  var body: Body
  var allowed: [String] = []

  static func page(_ html: String) -> PreviewResponse {
    PreviewResponse(
      status: 200, phrase: "OK", type: "text/html; charset=utf-8", body: .whole(Data(html.utf8)))
  }

  static func empty(_ type: String) -> PreviewResponse {
    PreviewResponse(status: 200, phrase: "OK", type: type, body: .whole(Data()))
  }

  static func json(_ text: String, isAccepted: Bool) -> PreviewResponse {
    PreviewResponse(
      status: isAccepted ? 200 : 422, phrase: isAccepted ? "OK" : "Unprocessable Content",
      type: "application/json", body: .whole(Data(text.utf8)))
  }

  static func events(_ stream: EventStream) -> PreviewResponse {
    PreviewResponse(status: 200, phrase: "OK", type: "text/event-stream", body: .events(stream))
  }

  static func refusal(_ refusal: PreviewRequest.Refusal) -> PreviewResponse {
    PreviewResponse(
      status: refusal.rawValue, phrase: refusal.phrase, type: "text/plain; charset=utf-8",
      body: .whole(Data("\(refusal.rawValue) \(refusal.phrase)\n".utf8)),
      allowed: refusal == .wrongMethod ? ["GET", "HEAD"] : [])
  }

  /// Every connection serves one request.
  var head: Data {
    var lines = [
      "HTTP/1.1 \(status) \(phrase)", "Content-Type: \(type)", "Connection: close",
      "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "X-Frame-Options: DENY",
      "Referrer-Policy: no-referrer", "Cross-Origin-Resource-Policy: same-origin",
      "Cross-Origin-Opener-Policy: same-origin",
      "Content-Security-Policy: frame-ancestors 'none'",
    ]
    if case .whole(let data) = body { lines.append("Content-Length: \(data.count)") }
    if !allowed.isEmpty { lines.append("Allow: \(allowed.joined(separator: ", "))") }
    return Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }
}
