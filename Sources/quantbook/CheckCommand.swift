import ArgumentParser
import Diagnostics

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Finds every mistake in notebooks without running them.",
    discussion: "Example: quantbook check notebooks/*.md")

  @Argument(help: "Notebooks to check.", completion: .file(extensions: ["md"]))
  var notebooks: [String]

  @Option(
    name: .customShort("P"), parsing: .singleValue,
    help: ArgumentHelp("Sets a parameter of the notebook.", valueName: "name=value"))
  var parameters: [ParameterSetting] = []

  func run() throws {
    var diagnostics: [Diagnostic] = []
    for path in notebooks {
      do throws(Diagnostic) {
        let file = try NotebookFile(path: path)
        do throws(DiagnosticList) {
          _ = try file.checked(settings: parameters.pairs)
        } catch {
          diagnostics += error.diagnostics
        }
      } catch {
        diagnostics.append(error)
      }
    }
    guard diagnostics.isEmpty else {
      Terminal.show(diagnostics)
      throw ExitStatus.invalid
    }
  }
}
