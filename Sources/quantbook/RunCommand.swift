public import ArgumentParser
import Diagnostics
import Foundation
public import NotebookLanguage
import NotebookRunner
import Rendering

struct RunCommand: AsyncParsableCommand, Sendable {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Runs a notebook and renders its report.",
    discussion: """
      Examples:
        quantbook run notebooks/quantization-report.md -o output
        quantbook run report.md -P model=path/to/gpt2 -P stride=256 --to html
        quantbook run report.md --params full.yml --threads 4
        quantbook run report.md --to pdf,csv,ipynb
        quantbook run - --to json -o - < report.md | jq .cells
      """)

  @OptionGroup var input: NotebookOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Folder for the report; - writes one format to standard output.", valueName: "folder"),
    completion: .directory)
  var output = ReportTarget.folder(ReportTarget.usualFolder)

  @Option(
    name: .customLong("to"),
    help: ArgumentHelp(
      "What to write, separated by commas: html, md, json, csv (a file a table), ipynb, pdf (needs Chromium).",
      valueName: "formats"),
    completion: .list(FormatList.allValueStrings))
  var formats = FormatList.usual

  @OptionGroup var engine: EngineSettings

  @OptionGroup var cache: CacheSettings

  @OptionGroup var hub: HubOptions

  @Flag(help: "Render the committed results; compute nothing, and end with 4 if any is stale.")
  var frozen = false

  @Flag(name: .customLong("keep-going"), help: "Run what does not depend on a failed cell.")
  var keepGoing = false

  @OptionGroup var limit: TimeLimit

  @OptionGroup var html: RawHTML

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Flag(
    name: .shortAndLong,
    help:
      "A line for each cell: whether it was computed, and how long it took; -vv: also each step.")
  var verbose: Int

  @Flag(
    name: .customLong("watch"), help: "Run again whenever the notebook or a text it reads is saved."
  )
  var watches = false

  func validate() throws {
    if watches, input.notebook == "-" {
      throw ValidationError("--watch needs a notebook that is a file")
    }
    if case .standardOutput = output,
      formats.formats.count != 1 || !formats.formats.allSatisfy(\.isOneText)
    {
      throw ValidationError("-o - writes one format: say which with --to html, md, json or ipynb")
    }
  }

  func run() async throws {
    try engine.apply(input.diagnostics)
    if watches {
      try await WatchLoop(
        path: input.notebook, files: WatchedFiles(notebook: input.notebook),
        diagnostics: input.diagnostics, runOnce: runOnce
      ).run()
    } else {
      try await runOnce { _ in }
    }
  }

  /// One run, from reading the notebook to writing the report.
  ///
  /// - Parameter reads: is told of the files that the run depends on, as soon as they are known.
  private func runOnce(reads: @escaping @Sendable ([String]) -> Void) async throws {
    let job = NotebookJob(input: input, cache: cache, reads: reads)
    let (file, checked) = try job.load()
    let mistakes = file.pageMistakes(in: checked.notebook)
    guard mistakes.isEmpty else {
      input.diagnostics.show(mistakes)
      throw ExitStatus.invalid
    }
    try checkBrowser()
    if case .folder(let folder) = output {
      do throws(Diagnostic) { try ReportWriter.check(folder: folder) } catch {
        input.diagnostics.show([error])
        throw ExitStatus.failed
      }
    }
    let progress = ProgressLine(isShown: !quiet && input.diagnostics.form == .text)
    let log = EventLog(level: verbose)
    let diagnostics = input.diagnostics
    let damage = DamageNotes(diagnostics) { progress.clear() }
    let options = try options(for: file, checked, damage)
    let results: RunResults
    do {
      results = try await Interruption.cancelling(input.diagnostics.form) {
        try await job.run(checked, of: file, options) { event in
          progress.handle(event)
          damage.handle(event)
          if let line = log.line(of: event) {
            progress.clear()
            diagnostics.tell(line)
          }
        }
      }
    } catch let stale as StaleResults {
      progress.clear()
      input.diagnostics.show(stale.diagnostics)
      throw ExitStatus.stale
    } catch is CancellationError {
      progress.clear()
      diagnostics.tell("interrupted; earlier reports are left as they were")
      throw ExitStatus.interrupted
    }
    progress.clear()
    damage.finish()
    for remark in results.remarks { diagnostics.remark(remark) }
    try finish(file, results)
  }

  private func options(
    for file: NotebookFile, _ checked: CheckedNotebook, _ damage: DamageNotes
  ) throws -> RunOptions {
    var options = try cache.options(for: checked, input.diagnostics, damage)
    if !cache.isOff, options.cache == nil {
      input.diagnostics.remark("results are not kept: no cache folder can be made")
    }
    options.keepGoing = keepGoing
    options.timeout = limit.timeout
    options.isOffline = hub.isOffline
    if frozen {
      do throws(Diagnostic) {
        options.frozen = try CommittedResults(path: file.resultsPath(in: output.resultsFolder))
      } catch {
        input.diagnostics.show([error])
        throw error.code == .missingResults ? ExitStatus.missing : ExitStatus.failed
      }
    }
    return options
  }

  /// Whether what prints a PDF is there, before a long run rather than after it.
  private func checkBrowser() throws {
    guard formats.formats.contains(.pdf) else { return }
    do throws(Diagnostic) { _ = try PDFPrinter() } catch {
      input.diagnostics.show([error])
      throw ExitStatus.of([error])
    }
  }

  private func finish(_ file: NotebookFile, _ results: RunResults) throws {
    let environment = RunEnvironment.current
    let finished: FinishedReport
    do throws(DiagnosticList) {
      finished = try FinishedReport(results, of: file, environment, trustsHTML: html.isTrusted)
    } catch {
      input.diagnostics.show(error.diagnostics)
      throw ExitStatus.invalid
    }
    let failures = finished.failures
    let writer = ReportWriter(
      report: finished.report, results: results, file: file, environment: environment,
      page: finished.page)
    if !failures.isEmpty { input.diagnostics.show(failures) }
    do throws(Diagnostic) {
      switch (output, failures.isEmpty) {
      case (.folder(let folder), true):
        // Frozen results are what the report was made from; they stay as they are.
        let written = try writer.write(
          formats.formats.filter { results.committed == nil || $0 != .json }, to: folder)
        if !quiet { for path in written { input.diagnostics.tell("wrote \(path)") } }
      case (.folder(let folder), false):
        let path = try writer.writeFailure(to: folder)
        input.diagnostics.tell(
          "the report so far is in \(path); earlier reports are left as they were")
      case (.standardOutput, true):
        for format in formats.formats { print(writer, format) }
      case (.standardOutput, false): break
      }
    } catch {
      input.diagnostics.show([error])
      throw ExitStatus.failed
    }
    guard failures.isEmpty else { throw ExitStatus.of(failures) }
    let unmet = results.unmetExpectations
    guard unmet.isEmpty else {
      input.diagnostics.show(unmet)
      throw ExitStatus.unmetExpectation
    }
  }
}

extension RunCommand {
  fileprivate func print(_ writer: ReportWriter, _ format: FormatList.Format) {
    let (text, chartsLeftOut) = writer.text(format)
    Terminal.print(text, isContents: true)
    guard !chartsLeftOut.isEmpty else { return }
    input.diagnostics.warn(
      "charts of Markdown need a folder (-o FOLDER); their data stand in the place of "
        + chartsLeftOut.joined(separator: ", "))
  }
}

extension TimeSpan: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
