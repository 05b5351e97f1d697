import Markdown
public import NotebookLanguage

/// What a site's index, feed and search know of one report.
public struct SiteEntry: Hashable, Sendable, Codable {
  /// The notebook as it was named, such as `notebooks/nf4.md`.
  public var notebook: String
  /// The page, relative to the site's folder; nil for a notebook that never ran whole.
  public var page: String?
  public var title: String
  public var authors: [String] = []
  /// As the notebook has it, or else the day on which it was computed.
  public var date: String?
  /// As plain text.
  public var abstract: String?
  /// BCP 47 language of the report.
  public var language = "en"
  public var headings: [HTMLPage.Heading] = []
  /// The first chart, relative to the site's folder; nil for a report without one.
  public var thumbnail: String?
  /// Why the notebook's last run failed; nil where it did not.
  public var failure: Failure?

  /// A run that failed.
  public struct Failure: Hashable, Sendable, Codable {
    /// What went wrong, in a line.
    public var message: String
    /// The report so far, relative to the site's folder; nil where nothing could be run.
    public var page: String?

    public init(message: String, page: String? = nil) {
      self.message = message
      self.page = page
    }
  }

  /// An entry for a notebook of which nothing more is known.
  public init(notebook: String, title: String) {
    self.notebook = notebook
    self.title = title
  }

  /// The entry of a report that has been rendered as `page`.
  ///
  /// - Parameters:
  ///   - path: of the page, relative to the site's folder.
  ///   - day: when it was computed, for a report that names no date.
  public init(
    of report: Report, rendered page: HTMLPage, at path: String, notebook: String, day: String?
  ) {
    self.init(notebook: notebook, title: report.plain(report.title))
    self.page = path
    authors = report.authors
    date = report.date ?? day
    abstract = report.summary ?? Self.abstract(of: report)
    language = report.language
    headings = page.headings
  }

  /// What the report says of itself, or else its first paragraph.
  private static func abstract(of report: Report) -> String? {
    var texts = [report.abstract]
    for block in report.blocks {
      if case .paragraph(let text) = block.kind { texts.append(text) }
    }
    return texts.lazy.map { report.plain($0) }.first { !$0.isEmpty }
  }

  /// Newest first; those without a date that can be read come last, each group by title.
  public static func newestFirst(_ one: Self, _ other: Self) -> Bool {
    let (first, second) = (SiteDate(one.date), SiteDate(other.date))
    if first == second { return (one.title, one.notebook) < (other.title, other.notebook) }
    guard let first, let second else { return first != nil }
    return second < first
  }
}
