public import Diagnostics
import NotebookLanguage
import Paths
public import SafeFiles

/// A path as a notebook names it.
enum NamedPath {
  /// The folder that it starts in: `folder`, unless it is the user's own word for what lies where he stands.
  static func start(of name: String, in folder: String) -> String {
    ReadableFolders.currentStart(of: name, in: folder)
  }

  /// Where it leads; relative ones start as `start(of:in:)` says.
  ///
  /// - Throws: `FileError` with `outside` or `notAFile` for what the notebook may not read.
  static func resolve(_ name: String, in folder: String) throws(FileError) -> String {
    try ReadableFolders.currentPath(of: name, in: folder)
  }
}

extension Diagnostic {
  /// That a notebook may not read what it names; nil for another error.
  ///
  /// - Parameters:
  ///   - name: as the notebook has it.
  ///   - span: where it does.
  public static func forbiddenPath(
    _ error: FileError, named name: String, at span: SourceSpan?
  ) -> Diagnostic? {
    switch error.code {
    case .outside(nil):
      return Diagnostic(
        .forbiddenPath,
        "'\(name)' leads nowhere: it has '..' after a pattern or after what is not there, or is a link without "
          + "a target",
        at: span)
    case .outside(let place?):
      return Diagnostic(
        .forbiddenPath, "'\(name)' lies outside the notebook's folder", at: span,
        notes: place.isSamePath(as: name) ? [] : [Note("it leads to \(place)")],
        help: folder(opening: place).map {
          "--allow-path \($0) lets the notebook read that folder too"
        })
    case .unnamed:
      return Diagnostic(.unknownValue, "the path is empty: it names no file", at: span)
    case .notAFile where error.path == name:
      return Diagnostic(.forbiddenPath, "'\(name)' is neither a file nor a folder", at: span)
    default: return nil
    }
  }

  /// The folder to allow for a place; nil where that would open the whole disk, or what the system shows of
  /// itself.
  private static func folder(opening place: String) -> String? {
    let folders = [place.beforeLastSlash.map(String.init) ?? "", place]
    return folders.first { folder in
      !folder.pathNames.isEmpty && !ReadableFolders.isOfSystem(folder)
    }
  }
}
