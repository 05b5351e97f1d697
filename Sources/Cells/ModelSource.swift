import Foundation
import Hub
import Paths
import SafeFiles
import StarterModel

/// Where the model that a notebook names comes from.
enum ModelSource {
  /// The one that ships.
  case starter
  /// Random weights of a size or of a configuration.
  case random(String)
  /// A folder, by its path; it need not be there.
  case folder(String)
  case hub(HubName)
  /// What the notebook may not read.
  case forbidden(FileError)

  /// - Parameters:
  ///   - text: as the notebook has it.
  ///   - revision: of a name on the Hub, where the name itself has none.
  ///   - folder: where relative paths start.
  init(_ text: String, revision: String = "", in folder: String) {
    if text == "starter" {
      self = .starter
    } else if let size = text.removing(prefix: "random:") {
      self = .random(size)
    } else {
      let path: String
      do throws(FileError) { path = try NamedPath.resolve(text, in: folder) } catch {
        self = .forbidden(error)
        return
      }
      guard !Self.isLocal(text, path: path), var name = HubName(text) else {
        self = .folder(path)
        return
      }
      if !revision.isEmpty { name.revision = revision }
      self = .hub(name)
    }
  }

  /// Whether it can be named by `model:` without looking at any folder.
  static func isHubName(_ text: String) -> Bool { HubName(text) != nil }

  /// Whether a path leads to something, or its first folder is one: then a name in it is mistyped.
  private static func isLocal(_ text: String, path: String) -> Bool {
    if FileManager.default.fileExists(atPath: path) { return true }
    guard let first = text.pathParts.first, text.pathParts.count > 1, !text.hasPrefix("hf://")
    else {
      return false
    }
    let above = String(decoding: path.utf8.dropLast(text.utf8.count), as: UTF8.self)
    return FileManager.default.fileExists(atPath: above + first)
  }

  /// The folder to read from; nil for random weights, and for a name that the cache has not.
  var path: String? {
    switch self {
    case .starter: StarterModel.directory.path
    case .random, .forbidden: nil
    case .folder(let path): path
    case .hub(let name): HubModel.cached(name)?.path
    }
  }
}
