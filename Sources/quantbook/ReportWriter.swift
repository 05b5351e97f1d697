import Diagnostics
import Dispatch
import Foundation
import NotebookLanguage
import NotebookRunner
import Paths
import Rendering
import SafeFiles
import Synchronization

/// Puts a finished report into its folder: all of it is rendered before any of it is written, and
/// its files replace older ones together.
struct ReportWriter {
  let report: Report
  let results: RunResults
  let file: NotebookFile
  let environment: RunEnvironment
  let page: HTMLRenderer

  /// - Returns: the paths written.
  func write(
    _ formats: [FormatList.Format], to folder: String
  ) throws(Diagnostic) -> [String] {
    let files = try self.files(formats)
    let paths = files.map { "\(folder)/\($0.path)" }
    try refuseToOverwriteNotebook(paths)
    try refuseDirectories(files.map(\.path), in: folder)
    let written = try write(files, in: folder)
    removeFailure(in: folder)
    return written
  }

  /// The files of the formats, rendered side by side, in the formats' order.
  private func files(_ formats: [FormatList.Format]) throws(Diagnostic) -> [ReportFile] {
    let rendered = Mutex<[Int: Result<[ReportFile], Diagnostic>]>([:])
    DispatchQueue.concurrentPerform(iterations: formats.count) { index in
      let result = Result { () throws(Diagnostic) in try files(formats[index]) }
      rendered.withLock { $0[index] = result }
    }
    var all: [ReportFile] = []
    for index in formats.indices {
      all += try rendered.withLock { $0[index] }?.get() ?? []
    }
    return all
  }

  private func files(_ format: FormatList.Format) throws(Diagnostic) -> [ReportFile] {
    func file(_ ending: String, _ text: String) -> ReportFile {
      ReportFile(path: "\(report.name).\(ending)", text: text)
    }
    switch format {
    case .html: return [file("html", page.render(report))]
    case .md:
      let rendered = MarkdownRenderer().render(report)
      return rendered.files + [file("md", rendered.document)]
    case .json: return [ReportFile(path: resultsName, text: json)]
    case .csv: return CSVRenderer().render(report)
    case .ipynb: return [file("ipynb", JupyterRenderer().render(report))]
    case .pdf:
      let pdf = try PDFPrinter().pdf(of: page.render(report))
      return [ReportFile(path: "\(report.name).pdf", contents: pdf)]
    }
  }

  /// The report of a failed run, beside the last good one.
  func writeFailure(to folder: String) throws(Diagnostic) -> String {
    try write(
      [ReportFile(path: "\(report.name).failed.html", text: page.render(report))], in: folder)[0]
  }

  /// The report in one format, in one piece; of Markdown without charts, which are named.
  func text(_ format: FormatList.Format) -> (text: String, chartsLeftOut: [String]) {
    switch format {
    case .html: return (page.render(report), [])
    case .md:
      let rendered = MarkdownRenderer(writesFiles: false).render(report)
      return (rendered.document, rendered.chartsLeftOut)
    case .json: return (json, [])
    case .ipynb: return (JupyterRenderer().render(report), [])
    // Several files and bytes: the command has refused them.
    case .csv, .pdf: return ("", [])
    }
  }

  private var resultsName: String { "\(report.name).results.json" }

  private var json: String {
    ResultsFile(
      results, title: report.plain(report.title),
      fileName: file.fileName, sha256: file.sha256, environment: environment.values
    )
    .json()
  }

  /// `NAME.md` rendered into the notebook's own folder would replace the notebook.
  private func refuseToOverwriteNotebook(_ paths: [String]) throws(Diagnostic) {
    guard let notebook = canonicalPath(file.source.name) else { return }
    for path in paths where canonicalPath(path)?.isSamePath(as: notebook) == true {
      throw Diagnostic(
        .cannotWrite, "the Markdown report would replace the notebook '\(file.source.name)'",
        at: nil, help: "give another folder with -o, or leave md out with --to html,json")
    }
  }

  /// Whether a folder can be written to, before a long run rather than after it.
  ///
  /// It is made if it is absent.
  static func check(folder: String) throws(Diagnostic) {
    guard !folder.isEmpty else {
      throw Diagnostic(.cannotWrite, "the folder for the report has no name", at: nil)
    }
    do throws(FileError) { try AtomicWrite.makeDirectory(folder) } catch {
      throw Diagnostic(.cannotWrite, error.description, at: nil)
    }
    guard access(folder, W_OK) == 0 else {
      throw Diagnostic(.cannotWrite, "the folder '\(folder)' cannot be written to", at: nil)
    }
  }

  /// A failure page that an earlier run left would contradict the report.
  private func removeFailure(in folder: String) {
    _ = unlink("\(folder)/\(report.name).failed.html")
  }

  /// Refuses places where a file cannot stand, so that no report is replaced in part.
  private func refuseDirectories(
    _ paths: [String], in folder: String
  ) throws(Diagnostic) {
    for path in paths {
      var isDirectory: ObjCBool = false
      let full = "\(folder)/\(path)"
      if FileManager.default.fileExists(atPath: full, isDirectory: &isDirectory),
        isDirectory.boolValue
      {
        throw Diagnostic(.cannotWrite, "'\(full)' is a folder, where the report belongs", at: nil)
      }
      guard let above = path.beforeLastSlash else { continue }
      let parent = "\(folder)/\(above)"
      if FileManager.default.fileExists(atPath: parent, isDirectory: &isDirectory),
        !isDirectory.boolValue
      {
        throw Diagnostic(.cannotWrite, "'\(parent)' is a file, where a folder belongs", at: nil)
      }
    }
  }

  private func write(
    _ files: [ReportFile], in folder: String
  ) throws(Diagnostic) -> [String] {
    // The results come last: they are of this run only where the rest is.
    let results = files.filter { $0.path == resultsName }
    let ordered = files.filter { $0.path != resultsName } + results
    do throws(FileError) {
      try AtomicSet.write(ordered.map { .init(path: $0.path, contents: $0.contents) }, in: folder)
    } catch {
      throw Diagnostic(.cannotWrite, error.description, at: nil)
    }
    return files.map { "\(folder)/\($0.path)" }
  }
}
