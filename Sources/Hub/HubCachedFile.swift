import Paths

/// A file of the cache, by its path: what it is on the Hub.
public struct HubCachedFile: Hashable, Sendable {
  public var kind: HubRepositoryKind
  /// With its owner, but for the few that had none when they were fetched.
  public var repository: String
  /// The full name of a commit; `main` where the cache knows that for the same.
  public var revision: String
  /// Its path in the repository.
  public var file: String

  /// - Returns: nil for a path that leads to no file of a snapshot in the cache.
  public init?(path: String, in settings: HubSettings) {
    let folder = settings.cacheFolder
    guard let parts = path.path(below: folder)?.pathNames.map(String.init), parts.count >= 4,
      parts[1] == "snapshots", HubName.isCommit(parts[2])
    else { return nil }
    let kinds: [HubRepositoryKind] = [.model, .dataset]
    guard let kind = kinds.first(where: { parts[0].hasPrefix($0.plural + "--") }) else {
      return nil
    }
    self.kind = kind
    repository = String(parts[0].dropFirst(kind.plural.count + 2)).replacing("--", with: "/")
    let cache = HubCache(folder: folder, kind: kind, repository: repository)
    revision = cache.commit(of: HubName.mainRevision) == parts[2] ? HubName.mainRevision : parts[2]
    file = parts[3...].joined(separator: "/")
  }
}
