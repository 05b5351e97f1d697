import ArgumentParser
import Cells
import Diagnostics
import NotebookLanguage

struct DownloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download",
    abstract: "Fetches a model from the Hugging Face Hub into its cache.",
    discussion: """
      Prints the folder, which Python's transformers finds under the same name, and asks the Hub what the \
      revision stands for now; a run uses what is in the cache. What was cut short goes on where it \
      stopped.

      Examples:
        quantbook download openai-community/gpt2
        quantbook download gpt2-xl
        quantbook download owner/name@v1.0

      The cache is ~/.cache/huggingface/hub (HF_HOME, HF_HUB_CACHE). HF_TOKEN, or 'hf auth login', opens \
      models that are not for all; HF_ENDPOINT names a mirror, https_proxy a proxy.
      """)

  @Argument(help: "The model's name on the Hub: owner/name or owner/name@revision.")
  var model: String

  @OptionGroup var hub: HubOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() async throws {
    let progress = ProgressLine(isShown: !quiet && diagnostics.form == .text)
    let (model, isOffline) = (model, hub.isOffline)
    do {
      let path = try await Interruption.ending(diagnostics.form) {
        defer { progress.clear() }
        return try await HubModel.download(model, refreshes: true, isOffline: isOffline) {
          progress.update($0)
        }
      }
      Terminal.print(path + "\n")
    } catch let error as Diagnostic {
      diagnostics.show([error])
      throw ExitStatus.of([error])
    }
  }
}
