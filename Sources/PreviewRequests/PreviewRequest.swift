import InputLimits

/// What a request asks for, and why it may be refused.
///
/// A page of another site can send requests to this machine. One whose name was made to resolve to
/// 127.0.0.1 (DNS rebinding) sends its own name as `Host`; one that posts sends its `Origin`, and cannot
/// read the token. So the server answers to its own two names alone.
public struct PreviewRequest: Sendable {
  public enum Resource: String, CaseIterable, Sendable {
    case page = "/"
    case events = "/events"
    case parameters = "/parameters"

    public var methods: [String] { self == .parameters ? ["POST"] : ["GET", "HEAD"] }
  }

  public enum Refusal: Int, Error {
    case badRequest = 400
    /// Another site, or no token.
    case foreign = 403
    case notFound = 404
    case wrongMethod = 405
    case bodyTooLarge = 413
    case targetTooLong = 414
    /// Another `Host`.
    case misdirected = 421
    case headersTooLarge = 431
    case tooManyReaders = 503

    public var phrase: String {
      switch self {
      case .badRequest: "Bad Request"
      case .foreign: "Forbidden"
      case .notFound: "Not Found"
      case .wrongMethod: "Method Not Allowed"
      case .bodyTooLarge: "Payload Too Large"
      case .targetTooLong: "URI Too Long"
      case .misdirected: "Misdirected Request"
      case .headersTooLarge: "Request Header Fields Too Large"
      case .tooManyReaders: "Service Unavailable"
      }
    }
  }

  public var method: String
  /// Path and query as sent.
  public var target: String
  /// Names in lower case.
  public var headers: [String: String]
  /// Bytes.
  public var bodyLength: Int

  /// - Parameter token: what a page of this server alone knows.
  public func resource(port: UInt16, token: String) throws(Refusal) -> Resource {
    guard target.utf8.count <= Limit.previewTargetBytes.value else { throw .targetTooLong }
    let size = headers.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
    guard size <= Limit.previewHeaderBytes.value else { throw .headersTooLarge }
    let names = ["127.0.0.1", "localhost"].map { port == 80 ? $0 : "\($0):\(port)" }
    guard let host = headers["host"]?.lowercased(), names.contains(host) else { throw .misdirected }
    if let origin = headers["origin"]?.lowercased() {
      guard origin == "http://\(host)" else { throw .foreign }
    }
    // A link may lead here; another site's scripts and pictures may not.
    if let site = headers["sec-fetch-site"], site != "same-origin", site != "none" {
      guard headers["sec-fetch-mode"] == "navigate", method == "GET" else { throw .foreign }
    }
    let path = target.prefix { $0 != "?" }
    guard let resource = Resource(rawValue: String(path)) else { throw .notFound }
    guard resource.methods.contains(method) else { throw .wrongMethod }
    guard bodyLength <= (resource == .parameters ? Limit.previewBodyBytes.value : 0) else {
      throw .bodyTooLarge
    }
    if resource == .parameters {
      guard headers["origin"] != nil, headers["x-preview-token"] == token else { throw .foreign }
    }
    return resource
  }
}
