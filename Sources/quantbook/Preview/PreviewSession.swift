import ArgumentParser
import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Synchronization

/// A notebook under preview: each run's results become the page, and what happens becomes events.
final class PreviewSession: Sendable {
  let page: PreviewPage
  let events: EventHub
  /// What a page of this server alone knows.
  let token: String

  private let input: NotebookOptions
  private let cache: CacheSettings
  private let timeout: TimeSpan?
  private let isOffline: Bool
  private let trustsHTML: Bool
  private let onSettings: @Sendable () -> Void
  private let parameters = PreviewParameters()
  private let computing = ComputingThreads()
  /// Whether a whole page has been shown: from then on unfinished ones would show less than it.
  private let isWhole = Mutex(false)

  /// - Parameters:
  ///   - trustsHTML: whether the notebook's raw HTML is passed through as it is.
  ///   - onSettings: is called when the page's controls have set parameters anew.
  init(
    input: NotebookOptions, cache: CacheSettings, timeout: TimeSpan?, isOffline: Bool,
    trustsHTML: Bool,
    onSettings: @escaping @Sendable () -> Void
  ) throws {
    self.input = input
    self.cache = cache
    self.timeout = timeout
    self.isOffline = isOffline
    self.trustsHTML = trustsHTML
    self.onSettings = onSettings
    token = UUID().uuidString
    events = EventHub(instance: String(UUID().uuidString.prefix(8)))
    page = try PreviewPage(
      title: URL(fileURLWithPath: input.notebook).deletingPathExtension().lastPathComponent)
  }

  /// Sets the parameters that the page's controls give.
  ///
  /// - Returns: what is wrong with them, by name.
  func set(_ values: [String: String]) -> [(name: String, text: String)] {
    let (isChange, mistakes) = parameters.set(values)
    if isChange { onSettings() }
    return mistakes
  }

  /// One run, from reading the notebook to the page.
  ///
  /// - Throws: an exit code after mistakes, all of which have been shown.
  func runOnce(reads: @escaping @Sendable ([String]) -> Void) async throws {
    let job = NotebookJob(input: input, cache: cache, reads: reads)
    let file: NotebookFile
    let checked: CheckedNotebook
    let frame: PageFrame
    do throws(DiagnosticList) {
      (file, checked) = try job.read(settings: parameters.settings)
      frame = try PageFrame(
        for: checked.notebook, of: file, addition: PreviewPage.addition)
      let given = try input.parameters.all()
      events.publish(
        .parameters,
        [
          "token": .string(token),
          "controls": parameters.controls(values: checked.parameters, given: given),
        ])
    } catch {
      input.diagnostics.show(error.diagnostics)
      publish(error.diagnostics)
      publish(.invalid, "the notebook has mistakes")
      throw ExitStatus.invalid
    }
    if !checked.warnings.isEmpty { input.diagnostics.show(checked.warnings) }
    let environment = RunEnvironment.current
    let line = ProgressLine(isShown: input.diagnostics.form == .text)
    let damage = DamageNotes(input.diagnostics) { line.clear() }
    var options = try cache.options(for: checked, input.diagnostics, damage)
    options.keepGoing = true
    options.timeout = timeout
    options.isOffline = isOffline
    let progress = PreviewProgress(count: checked.order.count, events: events) {
      [self] results in
      if !isWhole.withLock(\.self) { show(results, of: file, in: frame, environment) }
    }
    let results: RunResults
    do {
      defer {
        line.clear()
        progress.end()
      }
      results = try await withTaskExecutorPreference(computing) { [options] in
        try await job.run(checked, of: file, options) { event in
          line.handle(event)
          damage.handle(event)
          progress.handle(event)
        }
      }
    } catch is CancellationError {
      throw ExitStatus.interrupted
    }
    damage.finish()
    finish(results, of: file, in: frame, environment)
  }

  /// Says on the page that it shows a notebook which is no more.
  @Sendable func notebookIsGone() {
    publish(.invalid, "the notebook is gone; the page goes on when it is back")
  }

  private func finish(
    _ results: RunResults, of file: NotebookFile, in frame: PageFrame,
    _ environment: RunEnvironment
  ) {
    let mistakes = show(results, of: file, in: frame, environment)
    isWhole.withLock { $0 = true }
    let failures = results.unintendedFailures + mistakes
    if !failures.isEmpty { input.diagnostics.show(failures) }
    publish(results.checked.warnings + mistakes)
    if !failures.isEmpty {
      publish(.failed, failures.count == 1 ? "1 mistake" : "\(failures.count) mistakes")
    } else if !results.unmetExpectations.isEmpty {
      input.diagnostics.show(results.unmetExpectations)
      publish(.failed, "an expectation does not hold")
    } else {
      publish(.ready, "up to date")
    }
  }

  /// - Returns: what went wrong in the notebook's expressions and with its pictures.
  @discardableResult
  private func show(
    _ results: RunResults, of file: NotebookFile, in frame: PageFrame,
    _ environment: RunEnvironment
  ) -> [Diagnostic] {
    var (report, mistakes) = ReportBuilder.build(
      results, name: file.name, provenance: environment.provenance)
    report.options.css = frame.css
    report.options.trustsHTML = trustsHTML
    do throws(DiagnosticList) {
      try PictureFiles.fill(&report, of: results.checked.notebook, in: file)
    } catch {
      mistakes += error.diagnostics
    }
    let version = page.show(
      report, cells: results.checked.cells.map(\.source.description), by: frame.renderer)
    events.publish(
      .page, ["version": .number(Double(version)), "instance": .string(events.instance)])
    return mistakes
  }

  private enum Phase: String { case ready, failed, invalid }

  private func publish(_ phase: Phase, _ text: String) {
    events.publish(.status, ["state": .string(phase.rawValue), "text": .string(text)])
  }

  /// Shows what has no place on the page.
  private func publish(_ diagnostics: [Diagnostic]) {
    let limit = 20
    let shown = TextRenderer().render(Array(diagnostics.prefix(limit)))
    let more = diagnostics.count > limit ? "and \(diagnostics.count - limit) more\n" : ""
    let isWrong = diagnostics.contains { $0.severity == .error }
    events.publish(
      .mistakes,
      [
        "title": isWrong ? "The notebook has mistakes" : "The notebook has warnings",
        "text": .string(shown + more),
      ])
  }
}
