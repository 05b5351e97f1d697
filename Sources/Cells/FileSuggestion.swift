import Diagnostics
import Foundation
import Paths

/// What a name that leads to no file may have been meant for.
enum FileSuggestion {
  /// - Parameters:
  ///   - name: as written: the name of something that ships, or a path.
  ///   - shipped: what can be named without a path.
  ///   - folder: where relative paths start.
  static func help(for name: String, shipped: [String], folder: String) -> String? {
    let directory = name.beforeLastSlash.map { $0 + "/" }.map(String.init) ?? ""
    let place = try? NamedPath.resolve(directory.isEmpty ? "." : directory, in: folder)
    let files = place.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) } ?? []
    let known =
      shipped + files.filter { !$0.isHiddenName }.sorted().prefix(1000).map { directory + $0 }
    let near = nearestNames(to: name, among: known)
    guard near.isEmpty else {
      return "did you mean " + near.map { "'\($0)'" }.joined(separator: " or ") + "?"
    }
    return Diagnostic.suggestion(for: name, among: shipped)
  }
}
