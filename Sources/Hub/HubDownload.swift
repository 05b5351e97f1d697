import Foundation
import InputLimits
import SafeFiles
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One file of a repository on its way into the cache.
struct HubDownload: Sendable {
  let endpoint: HubEndpoint
  let cache: HubCache
  let name: HubName
  let file: String
  let metadata: HubMetadata
  /// Whether the blob is used where it is there.
  let reuse: HubReuse
  let progress: @Sendable (HubProgress) -> Void

  /// How much one request asks for: what is received waits in memory until it is written.
  private static let window = 64 << 20

  /// Fetches the file, unless its blob is there and to be used, and makes the snapshot lead to it. A blob
  /// that is not stays until the other is whole.
  ///
  /// - Throws: `HubError`, `CancellationError`. What was received stays, for the next time.
  func run() async throws {
    do {
      try cache.makeFolders(commit: metadata.commit)
      if try !hasUsableBlob() {
        let lock = try await lock()
        defer { withExtendedLifetime(lock) {} }
        // Whoever held the lock may have fetched it.
        if try !hasUsableBlob() { try await fetch() }
      }
      try cache.link(file, at: metadata.commit, to: metadata.etag)
    } catch {
      throw endpoint.error(error, name, file: file)
    }
  }

  private func hasUsableBlob() throws -> Bool {
    guard cache.hasBlob(metadata.etag) else { return false }
    let path = cache.blob(metadata.etag)
    return switch reuse {
    case .all, .ofRightSize: metadata.size.map { $0 == cache.size(of: path) } ?? true
    case .ofRightHash: try cache.has(metadata, at: path)
    case .nothing: false
    }
  }

  private func lock() async throws -> FileLock {
    while true {
      if let lock = try FileLock.take(cache.lockPath(metadata.etag)) { return lock }
      progress(HubProgress(file: file, received: 0, total: metadata.size, activity: .waiting))
      try await Task.sleep(for: .milliseconds(100))
    }
  }

  private func fetch() async throws {
    let path = cache.incompletePath(metadata.etag)
    var partial = try PartialFile(path: path)
    let isResumed = partial.size > 0
    if let size = metadata.size, partial.size > size { partial = try anew(partial) }
    try await receive(into: &partial)
    if try !metadata.etag.fits(partial) {
      guard isResumed else { throw wrongContents(partial) }
      // What an earlier try left may have been the wrong part.
      partial = try anew(partial)
      try await receive(into: &partial)
      guard try metadata.etag.fits(partial) else { throw wrongContents(partial) }
    }
    try Task.checkCancellation()
    try partial.move(to: cache.blob(metadata.etag))
  }

  private func anew(_ partial: PartialFile) throws -> PartialFile {
    partial.remove()
    return try PartialFile(path: partial.path)
  }

  private func wrongContents(_ partial: PartialFile) -> HubError {
    partial.remove()
    return HubError(
      .wrongContents,
      "what came as '\(file)' of '\(name.repository)' has not the hash that the Hub gives for it",
      help: "something on the way changes files; try again, or look at HF_ENDPOINT and your proxy")
  }

  /// Receives what is missing of the file, window by window.
  private func receive(into partial: inout PartialFile) async throws {
    var attempt = 1
    var isAnew = false
    var hasFreshAddress = false
    var isWhole = partial.size == metadata.size
    while !isWhole {
      let start = partial.size
      do {
        isWhole = try await receiveWindow(into: &partial)
        attempt = 1
      } catch {
        if partial.size > start { (attempt, hasFreshAddress) = (1, false) }
        if let failed = error as? HubEndpoint.FailedAnswer {
          if failed.response.status == 416, partial.size > 0, !isAnew {
            // Nothing is there after what we have, so that is not the file.
            partial = try anew(partial)
            isAnew = true
            continue
          }
          if failed.response.status == 416, isAnew, let size = metadata.size {
            let received = partial.size
            partial.remove()
            throw HubError(
              .wrongContents,
              "\(received) bytes come as '\(file)' of '\(name.repository)', which has \(size) on the Hub",
              help:
                "something on the way changes files; try again, or look at HF_ENDPOINT and your proxy"
            )
          }
          if failed.isRefusalOfStorage, !hasFreshAddress {
            // Addresses of the storage hold for a while only; the next request asks the Hub for another.
            hasFreshAddress = true
            continue
          }
        }
        guard let seconds = endpoint.pause(after: error, attempt: attempt) else { throw error }
        attempt += 1
        try await Task.sleep(for: .seconds(seconds))
      }
    }
  }

  /// One request.
  ///
  /// - Returns: whether the file is whole.
  private func receiveWindow(into partial: inout PartialFile) async throws -> Bool {
    let start = partial.size
    let end = metadata.size.map { min($0, start + Self.window) }
    let isAll = start == 0 && end == metadata.size
    let target = Mutex((file: partial, isBegun: false))
    let size = metadata.size
    defer { partial = target.withLock { $0.file } }
    let response = try await endpoint.bytes(
      of: file, in: name, at: metadata.commit,
      range: isAll ? nil : start..<max(start, end ?? Limit.hubFileBytes.value)
    ) { response, data in
      let received = try target.withLock { target in
        if !target.isBegun {
          target.isBegun = true
          if response.status == 206 {
            try check(response, startsAt: start)
          } else if target.file.size > 0 {
            // The server gives the whole file whatever is asked for.
            target.file = try anew(target.file)
          }
        }
        let limit = (response.status == 206 ? end : size) ?? Limit.hubFileBytes.value
        guard data.count <= limit - target.file.size else {
          target.file.remove()
          throw HubError(
            .wrongContents,
            "more comes as '\(file)' of '\(name.repository)' than the \(limit) bytes that it has",
            help: "something on the way changes files; try again, or look at HF_ENDPOINT")
        }
        try data.withUnsafeBytes { try target.file.append($0) }
        return target.file.size
      }
      progress(HubProgress(file: file, received: received, total: size))
    }
    let received = target.withLock { $0.file.size }
    guard let size else { return true }
    // The end of an answer is not always the end of what it should have been.
    guard received == (response.status == 206 ? end : size) else {
      throw URLError(.networkConnectionLost)
    }
    return received == size
  }

  private func check(_ response: HubResponse, startsAt start: Int) throws {
    let isPlain = ["", "identity"].contains(response["content-encoding"] ?? "")
    guard isPlain, let range = response["content-range"], range.hasPrefix("bytes \(start)-") else {
      throw HubError(
        .unreachable, "the server of '\(file)' gives another part of it than it was asked for",
        help: "look at HF_ENDPOINT and at your proxy")
    }
  }
}
