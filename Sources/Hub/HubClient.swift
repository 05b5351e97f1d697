import Foundation
import InputLimits
import SafeFiles

/// Files of one commit of a repository, in the cache.
public struct HubSnapshot: Hashable, Sendable {
  public var name: HubName
  /// 40 hexadecimal digits.
  public var commit: String
  /// The folder; of a name that means one file, that file.
  public var path: String
}

/// How far a download is.
public struct HubProgress: Hashable, Sendable {
  public var file: String
  /// Bytes, those of earlier tries among them.
  public var received: Int
  /// nil where the Hub does not say.
  public var total: Int?
  public var activity = Activity.receiving

  public enum Activity: Hashable, Sendable {
    case receiving
    /// Another program is fetching the same file, which is waited for.
    case waiting
    /// What the cache has of it is compared with its hash.
    case verifying
  }
}

/// Which of the cache's files are used when a model is asked for.
public enum HubReuse: Hashable, Sendable {
  /// All, as they are; the Hub is asked for what is missing only.
  case all
  /// Those of the size that the Hub tells with its list of files, which also says what the revision stands
  /// for now.
  case ofRightSize
  /// Those that have the hash that the Hub gives for them.
  case ofRightHash
  /// None: all are fetched anew.
  case nothing
}

/// Finds models in the cache, and fetches what it has not.
public struct HubClient: Sendable {
  public let settings: HubSettings

  public init(_ settings: HubSettings) { self.settings = settings }

  /// A model as far as the cache knows it; nothing is asked of anybody.
  ///
  /// - Returns: nil where the cache has no commit for the name, or lacks files of it.
  public func cached(_ name: HubName) -> HubSnapshot? {
    for cache in caches(of: name) {
      if let commit = cache.commit(of: name.revision), missing(of: name, cache, commit).isEmpty {
        return snapshot(name, cache, commit)
      }
    }
    return nil
  }

  /// A file of a model as far as the cache has it, also where other files are missing.
  public func cachedFile(_ file: String, of name: HubName) -> String? {
    for cache in caches(of: name) {
      if let commit = cache.commit(of: name.revision),
        case .present(let path) = cache.entry(file, at: commit)
      {
        return path
      }
    }
    return nil
  }

  /// A model: as the cache has it, or fetched into the cache.
  ///
  /// - Parameters:
  ///   - reuse: which of the cache's files are taken; with all of them, and all there, nobody is asked.
  ///   - accepts: is given the path of `config.json` before the weights are fetched; what it throws ends it.
  ///   - progress: is told while a file is being fetched.
  /// - Throws: `HubError`, `CancellationError`, what `accepts` throws.
  public func model(
    _ name: HubName, reuse: HubReuse = .all,
    accepts: @escaping @Sendable (_ configPath: String) throws -> Void = { _ in },
    progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
  ) async throws -> HubSnapshot {
    if settings.isOffline, reuse == .ofRightHash || reuse == .nothing {
      throw HubError(
        .offline,
        "only the Hub knows whether what the cache has of '\(name.text)' is right, and nothing "
          + "is asked of it while offline", help: "leave out --offline and HF_HUB_OFFLINE")
    }
    if let snapshot = cached(name), reuse == .all || settings.isOffline { return snapshot }
    guard !settings.isOffline else { throw notCached(name) }
    let fetch = ModelFetch(
      endpoint: HubEndpoint(settings), name: name, reuse: reuse, accepts: accepts,
      progress: progress)
    let caches = caches(of: name)
    let cache = caches.first(where: \.exists) ?? caches[0]
    return snapshot(name, cache, try await fetch.run(in: cache))
  }

  /// The one file that a name means: as the cache has it, or fetched into the cache.
  ///
  /// - Throws: `HubError`, `CancellationError`.
  public func file(
    _ name: HubName, reuse: HubReuse = .all,
    progress: @escaping @Sendable (HubProgress) -> Void = { _ in }
  ) async throws -> HubSnapshot {
    try await model(name, reuse: reuse, progress: progress)
  }

  private func caches(of name: HubName) -> [HubCache] {
    name.cachedRepositories.map {
      HubCache(folder: settings.cacheFolder, kind: name.kind, repository: $0)
    }
  }

  private func missing(of name: HubName, _ cache: HubCache, _ commit: String) -> [String] {
    guard let file = name.file else { return ModelRepository.missing(in: cache, at: commit) }
    if case .present = cache.entry(file, at: commit) { return [] }
    return [file]
  }

  private func snapshot(_ name: HubName, _ cache: HubCache, _ commit: String) -> HubSnapshot {
    let folder = cache.snapshot(commit)
    return HubSnapshot(
      name: name, commit: commit, path: name.file.map { "\(folder)/\($0)" } ?? folder)
  }

  /// That the cache has it not, or not all of it, and nothing is to be fetched.
  private func notCached(_ name: HubName) -> HubError {
    for cache in caches(of: name) {
      guard let commit = cache.commit(of: name.revision) else { continue }
      let missing = missing(of: name, cache, commit)
      var help = "run 'quantbook download \(name.text)' with a network"
      if name.file == nil, missing == [ModelRepository.tokenizer] {
        help +=
          "; or copy tokenizer.json, or vocab.json with merges.txt, to \(cache.snapshot(commit)), if you have "
          + "it elsewhere: GPT-2's sizes and distilgpt2 share one"
      }
      return HubError(
        .offline,
        "the cache has '\(name.text)' without \(missing.joined(separator: ", ")), and nothing is fetched "
          + "while offline",
        help: help)
    }
    return HubError(
      .offline,
      "'\(name.text)' is not in the cache \(settings.cacheFolder), and nothing is fetched while offline",
      help: "run 'quantbook download \(name.text)' with a network")
  }
}

/// One model on its way into the cache.
private struct ModelFetch {
  let endpoint: HubEndpoint
  let name: HubName
  let reuse: HubReuse
  let accepts: @Sendable (String) throws -> Void
  let progress: @Sendable (HubProgress) -> Void

  /// - Returns: the commit.
  func run(in cache: HubCache) async throws -> String {
    var asked = name
    // The rest of a commit, not of another that its branch has come to since.
    if reuse == .all, let commit = cache.commit(of: name.revision) { asked.revision = commit }
    let list = try await endpoint.files(of: asked, withSizes: reuse == .ofRightSize)
    let (commit, files) = (list.commit, list.names)
    do throws(FileError) { try cache.makeFolders(commit: commit) } catch { throw HubError(error) }
    if let file = name.file {
      guard files.contains(file) else {
        throw HubError(
          .fileNotFound, "'\(name.repository)' has no file '\(file)'",
          help: help(naming: files, like: file))
      }
      try await fetch([file], of: list, cache)
    } else {
      try await fetchModel(list, cache)
    }
    do throws(FileError) { try cache.note(commit, as: name.revision) } catch {
      throw HubError(error)
    }
    return commit
  }

  /// The repository's files with the same ending, of a model those that a name can mean.
  private func help(naming files: [String], like file: String) -> String {
    let ending = "." + (file as NSString).pathExtension
    let others = files.filter {
      $0.hasSuffix(ending) && (name.kind == .dataset || HubName.isFile($0))
    }
    return others.isEmpty
      ? "it has no \(ending) files" : "it has " + others.sorted().prefix(10).joined(separator: ", ")
  }

  private func fetchModel(_ list: HubFileList, _ cache: HubCache) async throws {
    let folder = cache.snapshot(list.commit)
    var needed = try ModelRepository.needed(of: list.names, in: name)
    func fetchFirst(_ file: String) async throws {
      needed.removeAll { $0 == file }
      try await fetch([file], of: list, cache)
    }
    try await fetchFirst(ModelRepository.config)
    try accepts("\(folder)/\(ModelRepository.config)")
    if needed.contains(ModelRepository.index) {
      try await fetchFirst(ModelRepository.index)
      needed += try ModelRepository.shards(index: "\(folder)/\(ModelRepository.index)")
    }
    try await fetch(needed, of: list, cache)
    do throws(FileError) {
      for file in ModelRepository.small where !list.names.contains(file) {
        try cache.noteAbsence(of: file, at: list.commit)
      }
    } catch { throw HubError(error) }
  }

  /// Fetches those of the files that are not there or not to be reused, after a look at all sizes.
  private func fetch(_ files: [String], of list: HubFileList, _ cache: HubCache) async throws {
    let commit = list.commit
    var planned: [(file: String, metadata: HubMetadata)] = []
    var total = 0
    var missing = 0
    for file in files {
      let present = cache.path(of: file, at: commit)
      if let present {
        switch reuse {
        case .all: continue
        case .ofRightSize where list.sizes[file].map { $0 == cache.size(of: present) } ?? true:
          continue
        case .ofRightSize, .ofRightHash, .nothing: break
        }
      }
      let metadata = try await endpoint.metadata(of: file, in: name, at: commit)
      guard metadata.commit == commit else {
        throw HubError(
          .unreachable, "\(endpoint.settings.endpoint) gives another commit than it was asked for",
          help: "look at HF_ENDPOINT and at your proxy")
      }
      if let present, reuse == .ofRightHash {
        progress(HubProgress(file: file, received: 0, total: nil, activity: .verifying))
        if try cache.has(metadata, at: present) { continue }
      }
      total += metadata.size ?? 0
      missing += max(0, (metadata.size ?? 0) - cache.bytesPresent(of: metadata.etag))
      planned.append((file, metadata))
    }
    guard total <= Limit.hubModelBytes.value else {
      throw HubError(
        .tooLarge,
        "'\(name.text)' of \(total) bytes exceeds the limit of \(Limit.hubModelBytes.value)",
        help: Limit.hubModelBytes.cure)
    }
    if let free = FreeSpace.bytes(in: cache.path), missing > free {
      throw HubError(
        .noSpace, "'\(name.text)' needs \(missing) bytes, and \(free) are free in \(cache.folder)",
        help: "make room, or name another folder in HF_HUB_CACHE")
    }
    for (file, metadata) in planned {
      progress(HubProgress(file: file, received: 0, total: metadata.size))
      try await HubDownload(
        endpoint: endpoint, cache: cache, name: name, file: file, metadata: metadata, reuse: reuse,
        progress: progress
      ).run()
    }
  }
}
