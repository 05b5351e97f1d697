import Foundation
import Hub
import SafeFiles
import StarterModel

/// Where models and texts lie that notebooks call by name.
public enum ModelStores {
  /// Folders and files that every notebook may read: what ships, and the caches of the Hub and of Quantbook.
  public static var places: [String] {
    [StarterModel.directory.path, StarterModel.houseProse.path]
      + [(try? HubSettings())?.cacheFolder, CacheFolder.path()].compactMap(\.self)
  }
}
