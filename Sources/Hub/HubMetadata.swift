import InputLimits
import SafeFiles

/// What the Hub tells of a file before it is fetched.
struct HubMetadata: Hashable, Sendable {
  var commit: String
  var etag: HubETag
  /// In bytes; nil where the answer does not say.
  var size: Int?

  /// - Parameter responses: to a HEAD request, redirects inside the Hub first; a later one's headers win.
  /// - Throws: `HubError` with `unreachable` where a header is missing or is none of the Hub's.
  init(_ responses: [HubResponse], of file: String, host: String) throws(HubError) {
    func header(_ name: String) -> String? {
      responses.reversed().lazy.compactMap { $0[name] }.first
    }
    guard let commit = header("x-repo-commit"), HubName.isCommit(commit) else {
      throw HubError(
        .unreachable, "\(host) does not answer as a Hub: its answer has no X-Repo-Commit",
        help: "look at HF_ENDPOINT and at your proxy")
    }
    self.commit = commit
    guard let text = header("x-linked-etag") ?? header("etag"), let etag = HubETag(header: text)
    else {
      throw HubError(
        .unreachable, "\(host) gives no ETag for '\(file)' that can be kept",
        help: "look at HF_ENDPOINT and at your proxy")
    }
    self.etag = etag
    // Of a redirect to another host the length is that of its own few bytes.
    let last = responses.last.flatMap { $0.isRedirect ? nil : $0["content-length"] }
    size = (header("x-linked-size") ?? last).flatMap { Int($0) }
    guard size.map({ 0...Limit.hubFileBytes.value ~= $0 }) ?? true else {
      throw HubError(
        .tooLarge,
        "'\(file)' of \(size ?? 0) bytes exceeds the limit of \(Limit.hubFileBytes.value)",
        help: Limit.hubFileBytes.cure)
    }
  }
}

/// The identity of a file's contents: SHA-256 of large files, git's SHA-1 of others.
struct HubETag: Hashable, Sendable {
  /// Without quotes: what the blob is called.
  let text: String

  /// - Parameter text: of the header, `"…"` or `W/"…"`.
  /// - Returns: nil for what cannot be a file's name.
  init?(header text: String) {
    var text = text[...]
    if text.hasPrefix("W/") { text = text.dropFirst(2) }
    if text.hasPrefix("\"") { text = text.dropFirst() }
    if text.hasSuffix("\"") { text = text.dropLast() }
    guard 1...128 ~= text.utf8.count, !text.hasPrefix("."),
      text.utf8.allSatisfy({
        0x30...0x39 ~= $0 || 0x41...0x5A ~= $0 || 0x61...0x7A ~= $0 || $0 == UInt8(ascii: "-")
          || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
      })
    else { return nil }
    self.text = String(text)
  }

  /// The hash that it is of the contents; nil where it is none, as a mirror's may be.
  var algorithm: Algorithm? {
    guard text.utf8.allSatisfy({ 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }) else { return nil }
    switch text.utf8.count {
    case 64: return .sha256
    case 40: return .gitBlob
    default: return nil
    }
  }

  enum Algorithm: Hashable, Sendable { case sha256, gitBlob }

  /// Whether it is the hash of what a file holds; true where it is no hash.
  ///
  /// - Throws: `FileError`, `CancellationError`.
  func fits(_ file: PartialFile) throws -> Bool {
    try fits(size: file.size, file.read)
  }

  /// Whether it is the hash of a file's contents; true where it is no hash.
  ///
  /// - Throws: `CancellationError`.
  func fits(_ file: MappedFile) throws -> Bool {
    defer { withExtendedLifetime(file) {} }
    return try fits(size: file.bytes.count) { body in
      let chunk = 4 << 20
      for start in stride(from: 0, to: file.bytes.count, by: chunk) {
        let end = min(start + chunk, file.bytes.count)
        let part = UnsafeRawBufferPointer(rebasing: file.bytes[start..<end])
        try body(part)
        file.discardPages(of: part)
      }
    }
  }

  /// - Parameter read: gives all bytes, piece by piece.
  private func fits(
    size: Int, _ read: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws -> Bool {
    switch algorithm {
    case nil: return true
    case .sha256:
      var hash = ContentHash()
      try read {
        try Task.checkCancellation()
        hash.update($0)
      }
      return hash.finalize() == text
    case .gitBlob:
      var hash = GitBlobHash(size: size)
      try read {
        try Task.checkCancellation()
        hash.update($0)
      }
      return hash.finalize() == text
    }
  }
}
