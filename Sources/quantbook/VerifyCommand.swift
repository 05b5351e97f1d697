import ArgumentParser
import Diagnostics
import NotebookLanguage
import NotebookRunner

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Runs a notebook again and compares with its committed results.",
    discussion: """
      Computed figures may move by --tolerance. Times are compared by their ratios alone: where both \
      have an interval, the intervals may lie apart by --ratio-tolerance; where one has none (fewer than \
      six passes) or the machine was busy, one ratio may be larger than the other by \
      --loose-ratio-tolerance. What moves more is listed, as is every value of the committed results \
      that was edited by hand, and the command ends with 3. Nothing is written, and nothing that was \
      kept is used. Parameters are those of the committed run unless they are given.

      Examples:
        quantbook verify notebooks/quantization-report.md
        quantbook verify report.md -o results --tolerance 0.1% --ratio-tolerance 30%
      """)

  @OptionGroup var input: NotebookOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Folder that holds the committed results.", valueName: "folder"),
    completion: .directory)
  var output = ReportTarget.usualFolder

  @Option(help: ArgumentHelp("How far computed figures may move.", valueName: "share"))
  var tolerance = Share(ResultsDifference.Tolerance().computed)

  @Option(
    name: .customLong("ratio-tolerance"),
    help: ArgumentHelp("How far intervals of ratios of times may lie apart.", valueName: "share"))
  var ratioTolerance = Share(ResultsDifference.Tolerance().ratio)

  @Option(
    name: .customLong("loose-ratio-tolerance"),
    help: ArgumentHelp(
      "How far ratios of times may move that have no interval.", valueName: "share"))
  var looseRatioTolerance = Share(ResultsDifference.Tolerance().looseRatio)

  @OptionGroup var engine: EngineSettings

  @OptionGroup var hub: HubOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() async throws {
    try engine.apply(input.diagnostics)
    let (file, plain) = try input.load()
    let committed: CommittedResults
    do throws(Diagnostic) {
      committed = try CommittedResults(path: file.resultsPath(in: output))
    } catch {
      input.diagnostics.show([error])
      throw error.code == .missingResults ? ExitStatus.missing : ExitStatus.failed
    }
    let checked = try input.checked(file, plain, as: committed)
    let progress = ProgressLine(isShown: !quiet && input.diagnostics.form == .text)
    var options = RunOptions()
    options.engine = RunEnvironment.current.identity
    options.isOffline = hub.isOffline
    let runner = file.runner(checked, options) { progress.handle($0) }
    let results: RunResults
    do {
      results = try await Interruption.cancelling(input.diagnostics.form) { try await runner.run() }
    } catch is CancellationError {
      progress.clear()
      input.diagnostics.tell("interrupted")
      throw ExitStatus.interrupted
    }
    progress.clear()
    let failures = results.unintendedFailures
    guard failures.isEmpty else {
      input.diagnostics.show(failures)
      throw ExitStatus.of(failures)
    }
    try compare(committed, results, file)
  }

  private func compare(
    _ committed: CommittedResults, _ results: RunResults, _ file: NotebookFile
  ) throws {
    let environment = RunEnvironment.current
    let again = try CommittedResults(
      json: ResultsFile(
        results, title: "", fileName: file.fileName, sha256: file.sha256,
        environment: environment.values
      ).json(), path: "this run")
    let difference = ResultsDifference(from: committed, to: again)
    if let hash = committed.notebookSHA256, hash != file.sha256 {
      input.diagnostics.remark("the notebook is not the one that these results were made from")
    }
    var allowed = ResultsDifference.Tolerance()
    allowed.computed = tolerance.value
    allowed.ratio = ratioTolerance.value
    allowed.looseRatio = looseRatioTolerance.value
    let violations = difference.violations(of: allowed)
    let unmet = results.unmetExpectations
    if !unmet.isEmpty { input.diagnostics.show(unmet) }
    guard violations.isEmpty, difference.edited.isEmpty else {
      Terminal.print(DifferenceText.edited(difference))
      Terminal.print(DifferenceText.settings(difference.settings))
      if !violations.isEmpty {
        Terminal.print(DifferenceText.table(violations, allowed: allowed))
      }
      Terminal.printLine("\(violations.count) figures are not reproduced")
      throw ExitStatus.unmetExpectation
    }
    guard unmet.isEmpty else { throw ExitStatus.unmetExpectation }
    let computed = difference.figures.filter { $0.kind == .computed }
    let most = computed.compactMap(\.relativeChange).map(abs).max() ?? 0
    Terminal.printLine(
      "reproduced: \(difference.equalCount) figures are equal, \(computed.count) within "
        + "\(tolerance.text)"
        + (computed.isEmpty ? "" : " (the most that one moved is \(Share(most).text))"))
    let ratios = difference.looseRatios
    if ratios > 0 {
      Terminal.printLine(
        "\(ratios) ratios of times have no interval, or the machine was busy: they are within "
          + looseRatioTolerance.text)
    }
  }
}

extension NotebookOptions {
  /// The notebook with the parameters of an earlier run, where the command line does not say otherwise.
  fileprivate func checked(
    _ file: NotebookFile, _ plain: CheckedNotebook, as committed: CommittedResults
  ) throws -> CheckedNotebook {
    let declared = plain.notebook.frontMatter.parameters.parameters
    let earlier = declared.compactMap { parameter -> ParameterSetting? in
      guard let text = committed.parameters[parameter.name] else { return nil }
      return ParameterSetting(name: parameter.name, text: text)
    }
    do throws(DiagnosticList) {
      return try file.checked(settings: earlier + parameters.all())
    } catch {
      diagnostics.show(error.diagnostics)
      throw ExitStatus.invalid
    }
  }
}

/// `0.5%` or `0.005`.
struct Share: ExpressibleByArgument {
  let value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(argument.dropLast(isPercent ? 1 : 0)), number >= 0, number.isFinite
    else { return nil }
    value = isPercent ? number / 100 : number
  }

  var text: String {
    let percent = value * 100
    return percent == percent.rounded() ? "\(Int(percent))%" : "\(Float(percent))%"
  }
  var defaultValueDescription: String { text }
}
