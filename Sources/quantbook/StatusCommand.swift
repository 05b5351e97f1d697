import ArgumentParser
import Diagnostics
import NotebookRunner

struct StatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Says which committed results are fresh, which are stale, and because of what.",
    discussion: """
      Nothing is computed. A result is stale if a run would give it from other settings, files, \
      parameters or kernels.

      Examples:
        quantbook status notebooks/quantization-report.md
        quantbook status report.md -P stride=256 --exit-code
      """)

  @OptionGroup var input: NotebookOptions

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Folder that holds the results.", valueName: "folder"),
    completion: .directory)
  var output = ReportTarget.usualFolder

  @OptionGroup var engine: EngineSettings
  @OptionGroup var cache: CacheSettings

  @Flag(name: .customLong("exit-code"), help: "End with 4 if anything is stale.")
  var usesExitCode = false

  func run() async throws {
    try engine.apply(input.diagnostics)
    let (file, checked) = try input.load()
    let damage = DamageNotes(input.diagnostics)
    let options = try cache.options(for: checked, input.diagnostics, damage)
    let runner = file.runner(checked, options) { damage.handle($0) }
    var committed: CommittedResults?
    do throws(Diagnostic) {
      committed = try CommittedResults(path: file.resultsPath(in: output))
    } catch {
      guard error.code == .missingResults else {
        input.diagnostics.show([error])
        throw ExitStatus.failed
      }
    }
    let found = committed
    let cells = try await Interruption.ending(input.diagnostics.form) {
      try await runner.status(against: found)
    }
    damage.finish()
    Terminal.print(StatusText.of(cells))
    Terminal.printLine(StatusText.summary(of: cells))
    if usesExitCode, cells.contains(where: { !$0.isFresh }) { throw ExitStatus.stale }
  }
}
