import ArgumentParser
import NotebookLanguage

/// How long a cell may take.
struct TimeLimit: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The longest that a cell may take where the notebook does not say, such as 90s or 30m.",
      valueName: "time"))
  var timeout: TimeSpan?
}
