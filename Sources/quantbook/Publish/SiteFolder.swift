import Diagnostics
import Foundation
import Paths
import SafeFiles

/// The folder that a site is written into. What belongs together replaces what was there together.
struct SiteFolder {
  let path: String
  /// What was written, and what of earlier times stays, relative to the folder.
  private(set) var files: Set<PathKey> = []

  init(_ path: String) { self.path = path }

  /// Refuses to write over what somebody else has put there.
  ///
  /// - Parameters:
  ///   - names: of the files that will be written.
  ///   - earlier: files of an earlier site.
  func refuseOthers(_ names: [String], earlier: [String]) throws(Diagnostic) {
    let ours = Set(earlier.map(PathKey.init))
    for name in names where !ours.contains(PathKey(name)) {
      var status = stat()
      guard lstat("\(path)/\(name)", &status) == 0 else { continue }
      throw Diagnostic(
        .cannotWrite, "'\(path)/\(name)' is there, and is no file of an earlier site", at: nil,
        help: "move it away, or give another folder with -o")
    }
  }

  mutating func write(_ texts: [(name: String, text: String)]) throws(Diagnostic) {
    do throws(FileError) {
      try AtomicWrite.makeDirectory(path)
      try AtomicSet.write(
        texts.map { .init(path: $0.name, contents: Array($0.text.utf8)) }, in: path)
    } catch {
      throw Diagnostic(.cannotWrite, error.description, at: nil)
    }
    keep(texts.map(\.name))
  }

  /// Keeps files as they are.
  mutating func keep(_ names: [String]) { files.formUnion(names.map(PathKey.init)) }

  /// Takes away what an earlier site had and this one has not, and folders that are empty then.
  func remove(_ earlier: [String]) {
    for name in earlier where !files.contains(PathKey(name)) && Self.isOfSite(name) {
      guard let full = try? ConfinedPath.resolve(name, in: path), unlink(full) == 0 else {
        continue
      }
      var folder = name[...]
      while let above = folder.beforeLastSlash {
        folder = above
        guard rmdir("\(path)/\(folder)") == 0 else { break }
      }
    }
  }

  /// Whether it is the kind of file that a site consists of: the record of the earlier one may have been
  /// changed.
  private static func isOfSite(_ name: String) -> Bool {
    [".html", ".svg", ".css", ".xml"].contains { name.hasSuffix($0) }
  }
}
