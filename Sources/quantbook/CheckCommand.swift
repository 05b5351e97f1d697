import ArgumentParser
import Diagnostics
import NotebookLanguage

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Finds every mistake in notebooks without running them.",
    discussion: """
      Examples:
        quantbook check notebooks/*.md
        quantbook check report.md -P stride=256 --params full.yml
        quantbook check report.md --diagnostics json | jq .message

      Mistakes go to standard error as text, and to standard output as json or github. Warnings
      alone end with 0.
      """)

  @Argument(
    help: "Notebooks to check; - reads one from standard input.",
    completion: .file(extensions: ["md"]))
  var notebooks: [String]

  @OptionGroup var parameters: ParameterOptions
  @OptionGroup var reading: ReadingOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  func run() throws {
    var found: [Diagnostic] = []
    do throws(DiagnosticList) {
      let settings = try parameters.all()
      for path in notebooks { found += mistakes(in: path, settings) }
    } catch {
      found = error.diagnostics
    }
    guard !found.isEmpty else { return }
    diagnostics.answer(found)
    if found.contains(where: { $0.severity == .error }) { throw ExitStatus.invalid }
  }

  private func mistakes(in path: String, _ settings: [ParameterSetting]) -> [Diagnostic] {
    do throws(Diagnostic) {
      let file = try NotebookFile(path: path, reading: reading, settings: settings)
      do throws(DiagnosticList) {
        return try file.checkedWithFiles(settings: settings).warnings
      } catch {
        return error.diagnostics
      }
    } catch {
      return [error]
    }
  }
}
