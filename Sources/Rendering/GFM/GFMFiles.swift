import NotebookLanguage
import Paths

/// The charts and pictures of a text: files beside it, or attachments of a Jupyter notebook's cell.
struct GFMFiles {
  private let report: Report
  private let place: GFMPlace
  private(set) var written: [ReportFile] = []
  /// Of the cell that is being written.
  private var attachments: [(name: String, picture: Picture)] = []
  /// The pictures shown so far by the names of their files.
  private var pictureNames: [PathKey: String] = [:]

  init(of report: Report, place: GFMPlace) {
    self.report = report
    self.place = place
  }

  /// Adds a chart's file.
  ///
  /// - Returns: its path.
  mutating func add(chart svg: String, named name: String) -> String {
    let path = path(of: "\(name).svg")
    written.append(ReportFile(path: path, text: svg))
    return path
  }

  /// What a picture's source becomes: a file beside the text, or an attachment of the cell.
  ///
  /// nil for an address that may be a program.
  mutating func picture(_ source: String) -> String? {
    guard place != .text, let picture = report.pictures[PathKey(source)] else {
      return HTMLSanitizer.safeImage(source) ?? HTMLSanitizer.safeLink(source)
    }
    let known = pictureNames[PathKey(source)]
    let name = known ?? freeName(for: source)
    pictureNames[PathKey(source)] = name
    if place == .jupyterCell {
      if !attachments.contains(where: { $0.name == name }) { attachments.append((name, picture)) }
      return "attachment:\(name)"
    }
    let path = path(of: name)
    if known == nil { written.append(ReportFile(path: path, contents: picture.bytes)) }
    return path
  }

  /// The pictures of the cell that is complete now; the next has none so far.
  mutating func takeAttachments() -> [(name: String, picture: Picture)] {
    defer { attachments = [] }
    return attachments
  }

  private func path(of name: String) -> String { "\(report.name)_files/\(name)" }

  /// A file's name that no other picture and no chart has: charts end in `.svg`, so pictures do not
  /// where they could be taken for one.
  private func freeName(for source: String) -> String {
    let name = Escaping.replacing(source) { $0 == "/" ? "-" : nil }
    let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
    let ending = String(name.dropFirst(stem.count))
    let taken = Set(pictureNames.values).union(chartNames.map { "\($0).svg" })
    var candidate = name
    var count = 1
    while taken.contains(candidate) {
      count += 1
      candidate = "\(stem)-\(count)\(ending)"
    }
    return candidate
  }

  /// The names that charts have or may get.
  private var chartNames: [String] {
    let captions = report.outputs.joined().compactMap { output -> Report.Caption? in
      if case .chart(_, let caption) = output { caption } else { nil }
    }
    return captions.indices.map { captions[$0].identifier ?? "figure-\($0 + 1)" }
  }
}
