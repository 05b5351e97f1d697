import ArgumentParser

@main
struct Quantbook: AsyncParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "quantbook",
    abstract: "Runs literate notebooks on language-model quantization and renders their reports.",
    discussion: """
      A notebook is Markdown with cells such as ```{load}, ```{quantize} and ```{evaluate}. Quantbook \
      computes them with its own engine and fills the results into the prose.

      Exit codes: 0 done, 1 a cell failed, 2 the notebook has mistakes and nothing was run, \
      3 an expect cell or verify does not hold, 4 results are stale (status --exit-code, --frozen), \
      5 a model or text is missing, 64 wrong use of this command, 124 timed out, 130 interrupted.
      """,
    version: version,
    groupedSubcommands: [
      CommandGroup(
        name: "Notebook",
        subcommands: [
          NewCommand.self, CheckCommand.self, RunCommand.self, ParamsCommand.self,
          GraphCommand.self,
        ]),
      CommandGroup(
        name: "Results",
        subcommands: [
          StatusCommand.self, VerifyCommand.self, DiffCommand.self, CacheCommand.self,
        ]),
      CommandGroup(
        name: "Language",
        subcommands: [
          ListCommand.self, HelpCommand.self, ExplainCommand.self, SchemaCommand.self,
        ]),
    ])

  static func main() async {
    if let script = CompletionScript.requested(by: Array(CommandLine.arguments.dropFirst())) {
      Terminal.print(script)
    } else {
      await main(nil)
    }
  }
}
