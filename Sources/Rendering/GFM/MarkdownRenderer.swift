public import NotebookLanguage

/// Renders a report as GitHub's Markdown: the same figures as in HTML, charts in files beside it, or as
/// their data where there is no place for files.
///
/// GFM cannot span header cells, so a two-level header becomes `Group: Column`, or an HTML table
/// where the notebook asks for one. Why a value is infinite stands in a footnote.
public struct MarkdownRenderer {
  /// The text and the files that it shows.
  public struct Output: Hashable, Sendable {
    /// YAML that says the same as the text's head, for programs.
    public var frontMatter: String
    public var text: String
    /// Paths relative to the text's own folder.
    public var files: [ReportFile]
    /// The charts in whose place their data stand.
    public var chartsLeftOut: [String]

    /// The whole file.
    public var document: String { frontMatter + "\n\n" + text }
  }

  private let writesFiles: Bool

  /// - Parameter writesFiles: whether charts and pictures may be in files of their own.
  public init(writesFiles: Bool = true) { self.writesFiles = writesFiles }

  public func render(_ report: Report) -> Output {
    var writer = GFMWriter(report: report, place: writesFiles ? .folder : .text)
    let text = writer.write()
    return Output(
      frontMatter: GFMFrontMatter(report: report).text, text: text, files: writer.files,
      chartsLeftOut: writer.chartsLeftOut)
  }
}
