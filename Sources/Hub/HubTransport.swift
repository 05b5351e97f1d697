import Foundation
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// An answer's status and headers.
struct HubResponse: Hashable, Sendable {
  var status: Int
  private var headers: [String: String]

  /// - Parameter headers: by name, in any case.
  init(status: Int, headers: [String: String]) {
    self.status = status
    self.headers = Dictionary(
      headers.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
  }

  /// - Parameter name: in lower case.
  subscript(name: String) -> String? { headers[name] }

  var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status) && headers["location"] != nil }
}

/// Exchanges requests for answers by URLSession, which takes proxies (`https_proxy`, `http_proxy`,
/// `all_proxy`, `no_proxy`) and certificates as curl does.
///
/// Redirects are not followed: who asks decides where a token may go.
final class HubTransport: Sendable {
  private let session: URLSession
  private let exchanges = Exchanges()

  init() {
    let configuration = URLSessionConfiguration.ephemeral
    configuration.urlCache = nil
    configuration.httpCookieStorage = nil
    configuration.httpShouldSetCookies = false
    session = URLSession(configuration: configuration, delegate: exchanges, delegateQueue: nil)
  }

  // The session keeps its delegate until it is told to stop.
  deinit { session.finishTasksAndInvalidate() }

  /// - Parameters:
  ///   - timeout: seconds that the answer may stand still.
  ///   - receive: is given the answer's body piece by piece, none of it at once with another; what it
  ///     throws ends the exchange.
  /// - Throws: `URLError`, `CancellationError`, or what `receive` throws.
  func send(
    _ method: String, _ address: HubAddress, headers: [String: String], timeout: Int,
    receive: @escaping @Sendable (HubResponse, Data) throws -> Void = { _, _ in }
  ) async throws -> HubResponse {
    try Task.checkCancellation()
    var request = URLRequest(url: address.url)
    request.httpMethod = method
    request.timeoutInterval = TimeInterval(timeout)
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let task = session.dataTask(with: request)
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        exchanges.begin(task, Exchange(continuation: continuation, receive: receive))
        // A task cancelled before it was begun would tell nobody of its end.
        if Task.isCancelled { exchanges.abandon(task) } else { task.resume() }
      }
    } onCancel: {
      task.cancel()
    }
  }
}

private struct Exchange: Sendable {
  let continuation: CheckedContinuation<HubResponse, any Error>
  let receive: @Sendable (HubResponse, Data) throws -> Void
  /// What `receive` threw.
  var failure: (any Error)?
}

/// The exchanges under way, by their tasks.
private final class Exchanges: NSObject, URLSessionDataDelegate, Sendable {
  private let exchanges = Mutex<[Int: Exchange]>([:])

  func begin(_ task: URLSessionTask, _ exchange: Exchange) {
    exchanges.withLock { $0[task.taskIdentifier] = exchange }
  }

  func abandon(_ task: URLSessionTask) {
    exchanges.withLock { $0.removeValue(forKey: task.taskIdentifier) }?
      .continuation.resume(throwing: CancellationError())
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse,
    newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
  ) {
    completionHandler(nil)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    let identifier = dataTask.taskIdentifier
    guard let exchange = exchanges.withLock({ $0[identifier] }), exchange.failure == nil,
      let response = Self.response(of: dataTask)
    else { return }
    do { try exchange.receive(response, data) } catch {
      exchanges.withLock { $0[identifier]?.failure = error }
      dataTask.cancel()
    }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    guard let exchange = exchanges.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else {
      return
    }
    if let failure = exchange.failure {
      exchange.continuation.resume(throwing: failure)
    } else if let error {
      let isCancelled = (error as? URLError)?.code == .cancelled
      exchange.continuation.resume(throwing: isCancelled ? CancellationError() : error)
    } else if let response = Self.response(of: task) {
      exchange.continuation.resume(returning: response)
    } else {
      exchange.continuation.resume(throwing: URLError(.badServerResponse))
    }
  }

  private static func response(of task: URLSessionTask) -> HubResponse? {
    (task.response as? HTTPURLResponse).map { response in
      var headers: [String: String] = [:]
      for (name, value) in response.allHeaderFields {
        if let name = name as? String, let value = value as? String { headers[name] = value }
      }
      return HubResponse(status: response.statusCode, headers: headers)
    }
  }
}

/// An absolute address by HTTP.
struct HubAddress: Hashable, Sendable {
  let url: URL

  /// - Returns: nil for what is no `http` or `https` address with a host.
  init?(_ text: String) {
    guard let url = URL(string: text), let scheme = url.scheme?.lowercased(),
      scheme == "https" || scheme == "http", let host = url.host, !host.isEmpty, url.user == nil
    else { return nil }
    self.url = url
  }

  /// Where a redirect from here leads.
  func following(_ location: String) -> HubAddress? {
    URL(string: location, relativeTo: url).flatMap { HubAddress($0.absoluteURL.absoluteString) }
  }

  var query: String? { url.query }

  var isSecure: Bool { url.scheme?.lowercased() == "https" }

  /// Scheme, host and port: what a token is given to.
  var origin: String {
    let port = url.port ?? (isSecure ? 443 : 80)
    return "\(isSecure ? "https" : "http")://\((url.host ?? "").lowercased()):\(port)"
  }
}
