import ArgumentParser
import Diagnostics

struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Prints what a bug report needs, and what is wrong with this installation.",
    discussion: """
      Versions, processor and kernels, libraries, cache, models and terminal. No secrets: of tokens and \
      proxies it says whether there are any, of the Hub's address the host, and the home folder is ~. What \
      is wrong stands at the end with what to do about it; the command then ends with 1.

      Examples:
        quantbook doctor
        quantbook doctor --json | jq .cache
      """)

  @Flag(help: "Print a JSON object; sizes in bytes.")
  var json = false

  func run() throws {
    let report = DoctorReport.current
    Terminal.print(json ? report.json.indented + "\n" : report.text)
    if !report.problems.isEmpty { throw ExitStatus.failed }
  }
}
