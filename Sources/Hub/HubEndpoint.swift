import Foundation
import InputLimits
import Paths
import SafeFiles
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Asks a Hub: with the token where it may be seen, following redirects, again after failures that pass.
struct HubEndpoint: Sendable {
  let settings: HubSettings
  private let transport = HubTransport()

  private static let redirectLimit = 5
  /// Times that one question is put without an answer that helps.
  private static let attemptLimit = 5
  /// The longest that is waited because the Hub asks for it, in seconds.
  private static let longestWait = 120

  init(_ settings: HubSettings) { self.settings = settings }

  /// The names of a repository's files, and the commit that the revision stands for.
  ///
  /// - Parameter withSizes: asks for their sizes too, which some mirrors do not tell.
  func files(of name: HubName, withSizes: Bool) async throws -> HubFileList {
    let path =
      "api/\(name.kind.plural)/\(name.repository)/revision/\(Self.escaped(name.revision))"
      + (withSizes ? "?blobs=true" : "")
    let body = Mutex<[UInt8]>([])
    _ = try await repeating(name, file: nil) {
      body.withLock { $0 = [] }
      return try await get(path, headers: [:]) { response, data in
        let isTooLong = body.withLock { body in
          guard body.count + data.count <= Limit.hubListBytes.value else { return true }
          if response.status == 200 { body += data }
          return false
        }
        guard !isTooLong else {
          throw HubError(
            .tooLarge, "the list of the files of '\(name.repository)' is too long",
            help: Limit.hubListBytes.cure)
        }
      }
    }
    guard case .object(let root)? = try? JSONReader.read(body.withLock(\.self)),
      case .string(let commit)? = root["sha"], HubName.isCommit(commit),
      case .array(let siblings)? = root["siblings"]
    else {
      throw HubError(
        .unreachable, "\(settings.endpoint) does not answer as a Hub: its answer lists no files",
        help: "look at HF_ENDPOINT and at your proxy")
    }
    var list = HubFileList(commit: commit)
    for case .object(let sibling) in siblings {
      guard case .string(let file)? = sibling["rfilename"] else { continue }
      list.names.append(file)
      if case .integer(let size)? = sibling["size"] { list.sizes[file] = size }
    }
    return list
  }

  /// What the Hub tells of a file.
  func metadata(
    of file: String, in name: HubName, at commit: String
  ) async throws -> HubMetadata {
    let path = Self.path(of: file, in: name, at: commit)
    let responses = Mutex<[HubResponse]>([])
    _ = try await repeating(name, file: file) {
      let answers = try await head(path)
      responses.withLock { $0 = answers }
      return answers.last
    }
    return try HubMetadata(responses.withLock(\.self), of: file, host: settings.endpoint)
  }

  /// A part of a file.
  ///
  /// - Parameters:
  ///   - range: of its bytes; nil for all.
  ///   - receive: is given the bytes, and the answer that they belong to: 206 if it is the range.
  func bytes(
    of file: String, in name: HubName, at commit: String, range: Range<Int>?,
    receive: @escaping @Sendable (HubResponse, Data) throws -> Void
  ) async throws -> HubResponse {
    let headers = range.map { ["Range": "bytes=\($0.lowerBound)-\($0.upperBound - 1)"] } ?? [:]
    return try await get(
      Self.path(of: file, in: name, at: commit), headers: headers, receive: receive)
  }

  /// Whether the failure may pass, and after how many seconds to try again.
  ///
  /// - Parameter attempt: from 1.
  func pause(after error: any Error, attempt: Int) -> Double? {
    guard attempt < Self.attemptLimit else { return nil }
    let usual = 0.5 * Double(1 << (attempt - 1))
    if let error = error as? FailedAnswer {
      guard [408, 429, 500, 502, 503, 504].contains(error.response.status) else { return nil }
      guard let asked = error.response.secondsToWait else { return usual }
      return asked <= Self.longestWait ? Double(asked) : nil
    }
    guard let error = error as? URLError else { return nil }
    switch error.code {
    // What is not reached at all will not be in a second.
    case .cannotFindHost, .cannotConnectToHost, .badURL, .unsupportedURL, .secureConnectionFailed,
      .serverCertificateUntrusted, .serverCertificateHasBadDate, .serverCertificateNotYetValid,
      .serverCertificateHasUnknownRoot, .dnsLookupFailed:
      return nil
    // FoundationNetworking has no code for what curl says of a certificate.
    case .unknown where error.localizedDescription.contains("certificate"): return nil
    default: return usual
    }
  }

  /// In our words: what an exchange has thrown.
  func error(_ error: any Error, _ name: HubName, file: String?) -> any Error {
    switch error {
    case let error as FailedAnswer:
      if let storage = error.storage {
        return HubError(storage: storage, error.response, for: name, file: file)
      }
      return HubError(
        error.response, for: name, file: file, hasToken: settings.token != nil,
        host: settings.endpoint)
    case let error as URLError:
      let proxy = HubAddress(settings.endpoint).flatMap { HubProxy(for: $0) }
      return HubError(
        .unreachable,
        "\(settings.endpoint) cannot be reached\(proxy.map { " by the proxy \($0.origin)" } ?? ""): "
          + Self.reason(error),
        help: "look at the network, \(proxy?.variable ?? "https_proxy") and HF_ENDPOINT")
    case let error as FileError: return HubError(error)
    default: return error
    }
  }

  /// An answer that is no success.
  struct FailedAnswer: Error {
    var response: HubResponse
    /// The host that it is from, where the Hub led to another one.
    var storage: String?

    /// Whether another host than the Hub gives to nobody, or no more, what the Hub has given leave for.
    var isRefusalOfStorage: Bool { storage != nil && [401, 403].contains(response.status) }
  }

  // MARK: - Requests

  /// Puts a question again while its failures may pass.
  private func repeating(
    _ name: HubName, file: String?, _ ask: () async throws -> HubResponse?
  ) async throws {
    var attempt = 1
    while true {
      do {
        let response = try await ask()
        if let response, !(200..<400).contains(response.status) {
          throw FailedAnswer(response: response)
        }
        return
      } catch {
        guard let seconds = pause(after: error, attempt: attempt) else {
          throw self.error(error, name, file: file)
        }
        attempt += 1
        try await Task.sleep(for: .seconds(seconds))
      }
    }
  }

  /// The answers to a HEAD request: redirects inside the Hub, and the first that is none.
  private func head(_ path: String) async throws -> [HubResponse] {
    var address = try self.address(path)
    var responses: [HubResponse] = []
    for _ in 0...Self.redirectLimit {
      let response = try await transport.send(
        "HEAD", address, headers: headers(for: address, [:]), timeout: settings.metadataTimeout)
      responses.append(response)
      guard response.isRedirect, let next = try self.next(after: response, from: address),
        isHub(next)
      else { return responses }
      address = next
    }
    throw URLError(.httpTooManyRedirects)
  }

  /// The answer to a GET request, from wherever redirects lead.
  private func get(
    _ path: String, headers: [String: String],
    receive: @escaping @Sendable (HubResponse, Data) throws -> Void
  ) async throws -> HubResponse {
    var address = try self.address(path)
    for _ in 0...Self.redirectLimit {
      let response = try await transport.send(
        "GET", address, headers: self.headers(for: address, headers),
        timeout: settings.downloadTimeout
      ) { response, data in
        // What comes with a failure or a redirect is for people.
        if [200, 206].contains(response.status) { try receive(response, data) }
      }
      guard response.isRedirect, let next = try self.next(after: response, from: address) else {
        guard [200, 206].contains(response.status) else {
          throw FailedAnswer(
            response: response, storage: isHub(address) ? nil : address.origin)
        }
        return response
      }
      address = next
    }
    throw URLError(.httpTooManyRedirects)
  }

  private func address(_ path: String) throws -> HubAddress {
    guard let address = HubAddress("\(settings.endpoint)/\(path)") else { throw URLError(.badURL) }
    return address
  }

  /// - Throws: where a redirect leads from a secure address to one that is not.
  private func next(after response: HubResponse, from address: HubAddress) throws -> HubAddress? {
    guard let next = response["location"].flatMap({ address.following($0) }) else {
      throw URLError(.redirectToNonExistentLocation)
    }
    guard next.isSecure || !address.isSecure else {
      throw HubError(
        .unreachable, "\(address.origin) leads to \(next.origin), which is not secure",
        help: "look at HF_ENDPOINT and at your proxy")
    }
    return next
  }

  private func headers(for address: HubAddress, _ others: [String: String]) -> [String: String] {
    // Compressed, neither size nor range would be the file's.
    var headers = ["Accept-Encoding": "identity", "User-Agent": "quantbook"]
    if let token = settings.token, isHub(address) { headers["Authorization"] = "Bearer \(token)" }
    return headers.merging(others) { $1 }
  }

  /// Whether the address is this endpoint's or the Hub's own, which may see the token: where contents lie
  /// in the end, it is not asked for.
  private func isHub(_ address: HubAddress) -> Bool {
    [settings.endpoint, HubSettings.usualEndpoint, "https://hf.co"].contains {
      HubAddress($0)?.origin == address.origin
    }
  }

  static func path(of file: String, in name: HubName, at commit: String) -> String {
    let parts = file.pathNames.map { escaped(String($0)) }
    return "\(name.kind.resolvePrefix)\(name.repository)/resolve/\(commit)/"
      + parts.joined(separator: "/")
  }

  /// A part of a path, with all but letters, digits and `-._~` escaped.
  static func escaped(_ text: String) -> String {
    let plain = Set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~".utf8)
    return text.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte))
        : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
    }.joined()
  }

  private static func reason(_ error: URLError) -> String {
    switch error.code {
    case .cannotFindHost, .dnsLookupFailed: "no such host is known"
    case .cannotConnectToHost: "nothing answers there"
    case .timedOut: "no answer came in time"
    case .networkConnectionLost: "the connection was cut"
    case .httpTooManyRedirects: "it redirects without end"
    case .redirectToNonExistentLocation: "it redirects to what is no address of the web"
    // FoundationNetworking has no code for what curl says of a header longer than it takes.
    case .unknown where error.localizedDescription == "Out of memory",
      .cannotLoadFromNetwork where error.localizedDescription == "Out of memory":
      "its answer has a header that is too long"
    case .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
      .serverCertificateNotYetValid, .serverCertificateHasUnknownRoot:
      "no secure connection can be made"
    default: error.localizedDescription
    }
  }
}

/// What a commit of a repository holds.
struct HubFileList: Sendable {
  var commit: String
  var names: [String] = []
  /// In bytes, where they were asked for and told.
  var sizes: [String: Int] = [:]
}

extension HubResponse {
  /// How long the Hub asks to wait, in seconds: `Retry-After`, or `t=` of `RateLimit`.
  var secondsToWait: Int? {
    if let seconds = self["retry-after"].flatMap({ Int($0) }), seconds >= 0 { return seconds }
    let limit = self["ratelimit"]?.split(separator: ";").first { $0.hasPrefix("t=") }
    return limit.flatMap { Int($0.dropFirst(2)) }.flatMap { $0 >= 0 ? $0 : nil }
  }
}
