public import Diagnostics
import Paths

/// ` ```{include} `: another notebook in this place, with its prose, cells and expressions.
///
/// It is no `Cell`: the parser puts the other notebook there, and nothing is left to run.
public struct IncludeCell: Directive {
  public static let name = "include"
  public static let summary = "Puts another notebook in its place: prose, cells and expressions."

  public static let example = "file: methods.md"

  public static var keys: [SchemaKey<Self>] {
    [
      .required(
        "file", \.file, help: "The notebook, relative to the folder of the file that names it.")
    ]
  }
  public static var keyAliases: [String: String] { ["path": "file", "notebook": "file"] }

  var file = Spanned("")

  public init() {}
}

/// Reads a notebook that another includes: the language itself knows no files.
///
/// - Parameters:
///   - path: relative to the folder of the notebook that was given to the parser.
///   - span: where the path is written, for messages.
public typealias NotebookReader = (
  _ path: String, _ span: SourceSpan?
) throws(Diagnostic) -> SourceFile

/// Paths with `/`, as notebooks write them.
public enum NotebookPath {
  /// Where the relative paths of a part of a notebook start.
  ///
  /// - Parameters:
  ///   - part: of the included notebook that they stand in, as seen from the notebook's own; empty for that.
  ///   - folder: the notebook's own.
  public static func folder(ofPart part: String, in folder: String) -> String {
    part.isEmpty ? folder : part.path(from: folder)
  }

  /// `file` as seen from `folder`, without `.` and doubled slashes. `..` stays, for the reader of files to
  /// judge.
  static func joined(_ folder: String, _ file: String) -> String {
    if file.isAbsolutePath || file.isEmpty { return file }
    let names = (folder.pathNames + file.pathNames).filter { $0 != "." }
    if folder.isAbsolutePath { return "/" + names.joined(separator: "/") }
    return names.isEmpty ? "." : names.joined(separator: "/")
  }

  static func folder(of path: String) -> String {
    (path.isAbsolutePath ? "/" : "") + path.pathNames.dropLast().joined(separator: "/")
  }
}
