import Diagnostics
import NotebookLanguage
import NotebookRunner
import Rendering

/// What a run's results become: the report with its pictures, and the page that it is rendered into.
struct FinishedReport {
  let report: Report
  let page: HTMLRenderer
  /// What went wrong in cells and in expressions of the text.
  let failures: [Diagnostic]

  /// - Parameter trustsHTML: whether the notebook's raw HTML is passed through as it is.
  /// - Throws: every mistake in what the page is made with: pictures, style and template.
  init(
    _ results: RunResults, of file: NotebookFile, _ environment: RunEnvironment, trustsHTML: Bool
  ) throws(DiagnosticList) {
    var (report, mistakes) = ReportBuilder.build(
      results, name: file.name,
      provenance: results.committed.map(RunEnvironment.provenance(of:)) ?? environment.provenance)
    let notebook = results.checked.notebook
    let frame = try PageFrame(for: notebook, of: file)
    report.options.css = frame.css
    report.options.trustsHTML = trustsHTML
    try PictureFiles.fill(&report, of: notebook, in: file)
    self.report = report
    page = frame.renderer
    failures = results.unintendedFailures + mistakes
  }
}
