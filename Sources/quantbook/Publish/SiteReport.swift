import ArgumentParser
import Diagnostics
import Foundation
import Markdown
import NotebookLanguage
import NotebookRunner
import Rendering

/// One notebook of a site, run and rendered. Whatever is wrong with it is told, and is its own affair.
struct SiteReport {
  let command: PublishCommand
  let item: SiteNotebooks.Item
  /// What progress is shown for.
  let subject: String

  struct Outcome {
    var entry: SiteEntry
    var html: String?
    var thumbnail: String?
    /// Why there is no page, in a line.
    var failure: String?
    /// How the command ends because of this notebook; nil where all is well.
    var end: ExitCode?
  }

  /// - Throws: `CancellationError`.
  func outcome() async throws -> Outcome {
    let input = NotebookOptions(item.path, command.reading, command.diagnostics)
    let job = NotebookJob(
      input: input, cache: CacheSettings(command.cache), reads: { _ in })
    do {
      let (file, checked) = try job.read { _ in [] }
      if !checked.warnings.isEmpty { command.diagnostics.show(checked.warnings) }
      let results = try await run(job, file, checked)
      return try finish(results, of: file)
    } catch let error as DiagnosticList {
      return failed(error.diagnostics, ExitStatus.invalid)
    } catch let stale as StaleResults {
      return failed(stale.diagnostics, ExitStatus.stale)
    } catch let error as Diagnostic {
      return failed(
        [error], error.code == .missingResults ? ExitStatus.missing : ExitStatus.failed)
    }
  }

  private func run(
    _ job: NotebookJob, _ file: NotebookFile, _ checked: CheckedNotebook
  ) async throws -> RunResults {
    let isShown = !command.quiet && command.diagnostics.form == .text
    let progress = ProgressLine(isShown: isShown, subject: subject)
    let damage = DamageNotes(command.diagnostics) { progress.clear() }
    var options = try job.cache.options(for: checked, command.diagnostics, damage)
    options.keepGoing = true
    options.timeout = command.limit.timeout
    options.isOffline = command.hub.isOffline
    if command.frozen {
      options.frozen = try CommittedResults(path: file.resultsPath(in: command.results))
    }
    defer {
      progress.clear()
      damage.finish()
    }
    return try await job.run(checked, of: file, options) { event in
      progress.handle(event)
      damage.handle(event)
    }
  }

  private func finish(_ results: RunResults, of file: NotebookFile) throws -> Outcome {
    for remark in results.remarks { command.diagnostics.remark(remark) }
    let environment = RunEnvironment.current
    let finished = try FinishedReport(
      results, of: file, environment, trustsHTML: command.html.isTrusted)
    let failures = finished.failures
    let path = failures.isEmpty ? item.page : item.failedPage
    let site = SiteFrame(title: command.title, path: path, address: command.address?.text)
    let page = finished.page.page(finished.report, site: site)
    let facts = results.committed?.host ?? [:]
    let day = (facts["date"] ?? environment.day).prefix(10)
    var outcome = Outcome(
      entry: SiteEntry(
        of: finished.report, rendered: page, at: path, notebook: item.path, day: String(day)),
      html: page.html, thumbnail: SiteThumbnail.svg(of: finished.report))
    if !failures.isEmpty {
      outcome.entry.page = nil
      let failed = failed(failures, ExitStatus.of(failures))
      (outcome.failure, outcome.end) = (failed.failure, failed.end)
    } else if !results.unmetExpectations.isEmpty {
      // The page says so itself.
      command.diagnostics.show(results.unmetExpectations)
      outcome.end = ExitStatus.unmetExpectation
    }
    return outcome
  }

  private func failed(_ diagnostics: [Diagnostic], _ code: ExitCode) -> Outcome {
    command.diagnostics.show(diagnostics)
    let first = diagnostics.first
    let place = first?.span.map { "\($0.place): " } ?? ""
    let more = diagnostics.count > 1 ? " (and \(diagnostics.count - 1) more)" : ""
    return Outcome(
      entry: SiteEntry(ofFailed: item), failure: place + (first?.message ?? "") + more, end: code)
  }
}

extension SiteEntry {
  /// What a notebook's front matter says, where no run has filled it in.
  fileprivate init(ofFailed item: SiteNotebooks.Item) {
    self.init(notebook: item.path, title: item.name)
    guard let notebook = (try? NotebookFile(path: item.path))?.notebook() else { return }
    let title = PlainText.of(notebook.title) { _ in "…" }
    if !title.isEmpty { self.title = title }
    let abstract = PlainText.of(notebook.abstract) { _ in "…" }
    if !abstract.isEmpty { self.abstract = abstract }
    let head = notebook.frontMatter
    language = head.language
    func plain(_ text: String) -> String { Placeholders.replacing(in: text) { _ in "…" } }
    date = head.date.map { plain($0.text) }
    authors = head.authors.map { plain($0.text) }
  }
}
