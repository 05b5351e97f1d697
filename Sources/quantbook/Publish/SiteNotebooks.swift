import Diagnostics
import Foundation
import InputLimits
import NotebookLanguage
import Paths
import SafeFiles

/// The notebooks of a site, and the names of their pages.
struct SiteNotebooks {
  struct Item: Hashable {
    /// Of the notebook, as it was named.
    var path: String
    /// Of its page without the ending, relative to the site's folder.
    var name: String

    var page: String { name + ".html" }
    var failedPage: String { name + ".failed.html" }
    var thumbnail: String { name + ".svg" }
  }

  private(set) var items: [Item] = []
  /// Markdown files in the folders that are no notebooks.
  private(set) var passedOver: [String] = []

  /// - Parameters:
  ///   - paths: notebooks, and folders of which all notebooks are taken, with those in folders below;
  ///     `-` is refused.
  ///   - site: the folder of the site, which holds no notebooks.
  /// - Throws: every mistake: what is not there, and what would have the same page.
  init(_ paths: [String], site: String) throws(DiagnosticList) {
    var mistakes: [Diagnostic] = []
    for path in paths {
      do throws(Diagnostic) { try add(path, site: site) } catch { mistakes.append(error) }
    }
    if mistakes.isEmpty, items.isEmpty {
      mistakes.append(
        Diagnostic(
          .unreadableNotebook, "there is no notebook in \(paths.joined(separator: ", "))", at: nil,
          help: "a notebook is a .md file with front matter or with cells"))
    }
    mistakes += collisions()
    guard mistakes.isEmpty else { throw DiagnosticList(mistakes) }
  }

  private mutating func add(_ path: String, site: String) throws(Diagnostic) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      // Says what else it could have been.
      _ = try NotebookFile(path: path)
      return
    }
    guard isFolder.boolValue else {
      add(path, named: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent)
      return
    }
    try addFolder(path, site: canonicalPath(site))
  }

  private mutating func add(_ path: String, named name: String) {
    let item = Item(path: path, name: name)
    if !items.contains(where: { $0.path.isSamePath(as: path) && $0.name.isSamePath(as: name) }) {
      items.append(item)
    }
  }

  private mutating func addFolder(_ folder: String, site: String?) throws(Diagnostic) {
    let most = Limit.siteNotebooks.value
    let names: [String]
    do { names = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() } catch {
      throw Diagnostic(
        .unreadableNotebook, "'\(folder)' cannot be read: \(error.localizedDescription)", at: nil)
    }
    for name in names where Self.mayBeNotebook(name) {
      let path = name.path(from: folder)
      if let site, canonicalPath(path)?.isPath(atOrBelow: site) == true { continue }
      guard Self.isNotebook(path) else {
        passedOver.append(path)
        continue
      }
      guard items.count < most else {
        throw Diagnostic(
          .unreadableNotebook, "'\(folder)' has more than \(most) notebooks", at: nil,
          help: Limit.siteNotebooks.cure)
      }
      add(path, named: String(name.dropLast(3)))
    }
  }

  /// Names that begin with `.` or `_` are of what others include, and of tools.
  private static func mayBeNotebook(_ name: String) -> Bool {
    name.hasSuffix(".md")
      && !name.pathNames.contains { $0.isHiddenName || $0.utf8.first == UInt8(ascii: "_") }
  }

  /// Whether a file has front matter or cells, and is no report that a run has written. One that cannot be
  /// read counts, so that it is told of.
  private static func isNotebook(_ path: String) -> Bool {
    guard !FileManager.default.fileExists(atPath: path.dropLast(3) + ".results.json") else {
      return false
    }
    guard let file = try? NotebookFile(path: path) else { return true }
    return file.source.text.hasPrefix("---") || !file.notebook().cells.isEmpty
  }

  private func collisions() -> [Diagnostic] {
    var pages: [String: Item] = [:]
    var mistakes: [Diagnostic] = []
    for item in items {
      let page = item.page.lowercased()
      if page == "index.html" {
        mistakes.append(
          Diagnostic(
            .cannotWrite,
            "the page of '\(item.path)' would be index.html, which lists the site's reports",
            at: nil, help: "give the notebook another name"))
      } else if let other = pages[page] {
        mistakes.append(
          Diagnostic(
            .cannotWrite, "'\(other.path)' and '\(item.path)' would have the same page \(page)",
            at: nil,
            help: "give one another name, or name the folder above both, whose folders are kept"))
      }
      pages[page] = item
    }
    return mistakes
  }
}
