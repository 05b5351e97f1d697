import ArgumentParser

@main
struct Quantbook: AsyncParsableCommand {
  /// The one place: the command, reports, packages and the SBOM have it from here.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "quantbook",
    abstract: "Runs literate notebooks on language-model quantization and renders their reports.",
    discussion: """
      A notebook is Markdown with cells such as ```{load}, ```{quantize} and ```{evaluate}. Quantbook \
      computes them with its own engine and fills the results into the prose.

      Examples:
        quantbook new my-notebook
        quantbook run my-notebook.md
        quantbook help notebook

      Other pages of help: expressions, sweeps, cell quantize, exit-codes.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Notebook",
        subcommands: [
          NewCommand.self, CheckCommand.self, RunCommand.self, PreviewCommand.self,
          PublishCommand.self, ParamsCommand.self, GraphCommand.self,
        ]),
      CommandGroup(
        name: "Results",
        subcommands: [
          StatusCommand.self, VerifyCommand.self, DiffCommand.self, CacheCommand.self,
        ]),
      CommandGroup(
        name: "Models",
        subcommands: [DownloadCommand.self, GenerateCommand.self, ExportCommand.self]),
      CommandGroup(
        name: "Language",
        subcommands: [
          ListCommand.self, HelpCommand.self, ExplainCommand.self, SchemaCommand.self,
          DoctorCommand.self,
        ]),
    ])

  static func main() async {
    Terminal.occupyClosed()
    if let script = CompletionScript.requested(by: Array(CommandLine.arguments.dropFirst())) {
      Terminal.print(script)
    } else {
      let arguments = Array(CommandLine.arguments.dropFirst())
      if let mistake = UnknownCommand(in: arguments) { exit(withError: mistake.error) }
      await main(NegativeNumbers.joined(to: arguments))
    }
  }
}
