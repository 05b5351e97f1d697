import Diagnostics
import Foundation
import InputLimits
import NotebookLanguage
import Paths
import SafeFiles

/// Reads the pictures that a notebook shows.
struct PictureFiles {
  private let notebook: NotebookFile
  private(set) var pictures: [PathKey: Picture] = [:]
  private(set) var mistakes: [Diagnostic] = []
  private var byteCount = 0

  init(_ notebook: NotebookFile) { self.notebook = notebook }

  /// What is wrong with a notebook's pictures, as far as can be told before it runs.
  static func mistakes(in notebook: Notebook, of file: NotebookFile) -> [Diagnostic] {
    var files = Self(file)
    for reference in notebook.pictures { files.read(reference) }
    return files.mistakes
  }

  /// Puts the pictures into a finished report.
  ///
  /// - Throws: every mistake, at its place where the picture's name stands in the notebook.
  static func fill(
    _ report: inout Report, of notebook: Notebook, in file: NotebookFile
  ) throws(DiagnosticList) {
    let places = Dictionary(
      notebook.pictures.map { (PathKey($0.path), $0) }, uniquingKeysWith: { first, _ in first })
    var files = Self(file)
    for reference in report.picturesWanted {
      files.read(places[PathKey(reference.path)] ?? reference)
    }
    guard files.mistakes.isEmpty else { throw DiagnosticList(files.mistakes) }
    report.pictures = files.pictures
  }

  private mutating func read(_ reference: PictureReference) {
    let path = reference.path
    guard pictures[PathKey(path)] == nil else { return count(reference) }
    do throws(Diagnostic) {
      pictures[PathKey(path)] = try picture(reference)
      count(reference)
    } catch {
      if !mistakes.contains(error) { mistakes.append(error) }
    }
  }

  /// A picture counts as often as it is shown: HTML holds it each time.
  private mutating func count(_ reference: PictureReference) {
    let before = byteCount
    byteCount += pictures[PathKey(reference.path)]?.bytes.count ?? 0
    let limit = Limit.picturesBytes
    guard before <= limit.value, byteCount > limit.value else { return }
    mistakes.append(
      mistake(
        "the pictures of a report have at most \(limit.valueText) together, each as often as "
          + "it is shown", reference,
        help: "make them smaller; a photograph is smallest as JPEG or WebP; \(limit.cure)")
    )
  }

  private func picture(_ reference: PictureReference) throws(Diagnostic) -> Picture {
    let path = reference.path
    guard reference.isLocal else {
      throw mistake(
        "a report makes no requests: '\(path)' is no file beside the notebook", reference,
        help: "save the picture in the notebook's folder and name that file")
    }
    let bytes = try notebook.read(path, at: reference.span) { (full) throws(FileError) in
      try BoundedReader.bytes(path: full, limit: .pictureBytes)
    } otherwise: { error in
      switch error.code {
      case .missing:
        mistake("there is no picture '\(path)'", reference, help: suggestion(for: path))
      case .tooLarge(let size, _, _):
        mistake(
          "'\(path)' has \(size) bytes; a picture has at most "
            + Limit.pictureBytes.valueText, reference, help: Limit.pictureBytes.cure)
      default: mistake("'\(path)' cannot be read: \(error.description)", reference)
      }
    }
    guard let picture = Picture(bytes) else {
      throw mistake("'\(path)' is none of PNG, JPEG, GIF, WebP and SVG", reference)
    }
    if let size = PictureSize(of: picture), size.pixels > Limit.picturePixels.value {
      throw mistake(
        "'\(path)' has \(size.width) × \(size.height) pixels; a picture has at most "
          + "\(Self.mostPixels)", reference,
        help: "make it smaller; \(Limit.picturePixels.cure)")
    }
    return picture
  }

  private static var mostPixels: String {
    let most = Limit.picturePixels.value
    return most % 1_000_000 == 0 ? "\(most / 1_000_000) million" : "\(most)"
  }

  private func mistake(
    _ message: String, _ reference: PictureReference, help: String? = nil
  ) -> Diagnostic {
    Diagnostic(.invalidPicture, message, at: reference.span, help: help)
  }

  /// Pictures in the same folder with nearly this name.
  private func suggestion(for path: String) -> String? {
    let directory = path.beforeLastSlash.map { $0 + "/" }.map(String.init) ?? ""
    let names =
      (try? FileManager.default.contentsOfDirectory(
        atPath: "\(notebook.folder)/\(directory)")) ?? []
    let endings = [".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg"]
    let known = names.filter { name in endings.contains { name.lowercased().hasSuffix($0) } }
    return Diagnostic.suggestion(
      for: path, among: known.sorted().prefix(1000).map { directory + $0 })
  }
}
