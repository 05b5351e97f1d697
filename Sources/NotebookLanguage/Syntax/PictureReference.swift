public import Diagnostics
import Foundation
import InputLimits
import Markdown
import Paths

/// A picture that running text shows: `![alternative](path "title")`.
public struct PictureReference: Hashable, Sendable {
  /// The file relative to the folder of the notebook that was given to the parser, or an address that is
  /// none of a file beside it.
  public let path: String
  public let span: SourceSpan?

  /// nil where there is nothing to read: the picture is in the text, or its name waits for a result.
  public init?(_ source: String, from folder: String = "", at span: SourceSpan? = nil) {
    guard !source.contains(Placeholders.opening), !PictureSource.isInText(source) else {
      return nil
    }
    path = PictureSource.resolved(source, from: folder)
    self.span = span
  }

  /// Whether the path is no address of another machine or program.
  public var isLocal: Bool { PictureSource.isLocal(path) }

  /// The pictures in some blocks as they were written, in order.
  ///
  /// - Parameter folder: of the file that they stand in, relative to the notebook's own.
  static func all(in blocks: [Block], of source: NotebookSource, folder: String) -> [Self] {
    // Those beyond it are looked up when the report is made.
    let most = Limit.pictures.value
    var found: [Self] = []
    for block in blocks {
      block.forEachRunningText { content, lines in
        content.forEachPicture { target in
          guard found.count < most else { return }
          let span = source.firstSpan(of: target, inLines: lines)
          found += Self(target, from: folder, at: span).map { [$0] } ?? []
        }
      }
    }
    return found
  }
}

/// What stands between the parentheses of `![alternative](…)`.
enum PictureSource {
  /// `source` as seen from the notebook's own folder; addresses and absolute paths as they are.
  static func resolved(_ source: String, from folder: String) -> String {
    guard isLocal(source), !source.isAbsolutePath else { return source }
    let path = source.removingPercentEncoding ?? source
    var components: [Substring] = []
    let joined = NotebookPath.joined(folder, path)
    for component in joined.pathNames {
      // `..` that leads out of the notebook's folder stays, for the reader of files to refuse.
      if component == "..", let last = components.last, last != ".." {
        components.removeLast()
      } else {
        components.append(component)
      }
    }
    if joined.isAbsolutePath { return "/" + components.joined(separator: "/") }
    return components.isEmpty && !joined.isEmpty ? "." : components.joined(separator: "/")
  }

  static func isInText(_ source: String) -> Bool { source.lowercased().hasPrefix("data:") }

  static func isLocal(_ source: String) -> Bool {
    guard !source.hasPrefix("//") else { return false }
    guard let colon = source.firstIndex(of: ":"), let first = source.first, first.isLetter else {
      return true
    }
    return !source[..<colon].allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0))
    }
  }
}

extension Report {
  /// Every picture that the report shows and has not got, each as often as it is shown.
  public var picturesWanted: [PictureReference] {
    var found: [PictureReference] = []
    func look(in text: Text) {
      text.forEachPicture { source in
        guard pictures[PathKey(source)] == nil else { return }
        found += PictureReference(source).map { [$0] } ?? []
      }
    }
    for text in [title, subtitle, abstract] + references.map(\.text) { look(in: text) }
    for block in blocks { block.forEachRunningText { text, _ in look(in: text) } }
    for output in outputs.joined() {
      switch output {
      case .table(_, let caption), .chart(_, let caption): look(in: caption.text)
      case .listing, .failure, .remark: break
      }
    }
    return found
  }
}
