import ArgumentParser
import Diagnostics
import NotebookRunner

struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff",
    abstract:
      "Compares two results files: figures against their errors, parameters and hosts named.",
    discussion: """
      Example: quantbook diff output/report.results.json other/report.results.json
      """)

  @Argument(help: "The older results file.", completion: .file(extensions: ["json"]))
  var old: String

  @Argument(help: "The newer results file.", completion: .file(extensions: ["json"]))
  var new: String

  @OptionGroup var limits: LimitOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  @Flag(help: "Measurements of the machine too: times and resident memory.")
  var all = false

  @Flag(name: .customLong("exit-code"), help: "End with 3 if a computed figure differs.")
  var usesExitCode = false

  func run() throws {
    let difference: ResultsDifference
    do throws(Diagnostic) {
      difference = ResultsDifference(
        from: try CommittedResults(path: old), to: try CommittedResults(path: new))
    } catch {
      diagnostics.show([error])
      throw error.code == .missingResults ? ExitStatus.missing : ExitStatus.failed
    }
    Terminal.print(DifferenceText.of(difference, showsMeasurements: all))
    if usesExitCode, difference.figures.contains(where: { $0.kind == .computed }) {
      throw ExitStatus.unmetExpectation
    }
  }
}
