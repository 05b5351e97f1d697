import Foundation
import SafeFiles

/// What the Hub's cache folder holds, whoever put it there.
public struct HubCacheContents: Hashable, Sendable {
  public var models = 0
  public var datasets = 0
  /// Of the files' contents, each counted once; parts of unfinished downloads too.
  public var bytes = 0

  /// Looks at names and sizes alone. A folder that is not there holds nothing.
  public init(of settings: HubSettings) {
    for name in DirectoryListing.names(in: settings.cacheFolder) {
      if name.hasPrefix("\(HubRepositoryKind.model.plural)--") {
        models += 1
      } else if name.hasPrefix("\(HubRepositoryKind.dataset.plural)--") {
        datasets += 1
      } else {
        continue
      }
      let blobs = "\(settings.cacheFolder)/\(name)/blobs"
      for blob in DirectoryListing.names(in: blobs) {
        let facts = try? FileManager.default.attributesOfItem(atPath: "\(blobs)/\(blob)")
        bytes += facts?[.size] as? Int ?? 0
      }
    }
  }
}
