import ArgumentParser
import Cells
import Diagnostics
import Hub
import NotebookLanguage

struct DownloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "download",
    abstract: "Fetches a model or a text from the Hugging Face Hub into its cache.",
    discussion: """
      Prints the folder, which Python's transformers finds under the same name, and asks the Hub what the \
      revision stands for now; a run uses what is in the cache. Of a text that 'quantbook list texts' shows, \
      prints its files. What was cut short goes on where it stopped. A file of a model that has another \
      size in the cache than on the Hub is fetched anew; --verify compares hashes, which reads every file.

      Examples:
        quantbook download openai-community/gpt2
        quantbook download gpt2-xl
        quantbook download owner/name@v1.0
        quantbook download wikitext-2
        quantbook download wikitext-103 --split validation
        quantbook download gpt2-xl --verify

      The cache is ~/.cache/huggingface/hub (HF_HOME, HF_HUB_CACHE). HF_TOKEN, or 'hf auth login', opens \
      models that are not for all; HF_ENDPOINT names a mirror, https_proxy a proxy.
      """)

  @Argument(
    help: "The model's name on the Hub, owner/name or owner/name@revision, or a text's name.")
  var name: String

  @Option(help: "Of a text, the part to fetch: test, validation or train; its first unless given.")
  var split: String?

  @Flag(
    help: "Compare what the cache has with the Hub's hashes too, and fetch anew what differs.")
  var verify = false

  @Flag(help: "Fetch all files anew, whatever the cache has.")
  var force = false

  @OptionGroup var hub: HubOptions
  @OptionGroup var limits: LimitOptions
  @OptionGroup var diagnostics: DiagnosticOptions

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() async throws {
    let progress = ProgressLine(isShown: !quiet && diagnostics.form == .text)
    let (name, split, isOffline) = (name, split, hub.isOffline)
    let reuse: HubReuse? = force ? .nothing : verify ? .ofRightHash : nil
    do {
      let paths = try await Interruption.ending(diagnostics.form) {
        defer { progress.clear() }
        return try await Self.download(name, split, reuse: reuse, isOffline: isOffline) {
          progress.update($0)
        }
      }
      Terminal.print(paths.map { $0 + "\n" }.joined())
    } catch let error as Diagnostic {
      diagnostics.show([error])
      throw ExitStatus.of([error])
    }
  }

  /// - Parameter reuse: nil where no flag says which files of the cache are taken.
  private static func download(
    _ name: String, _ split: String?, reuse: HubReuse?, isOffline: Bool,
    progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> [String] {
    guard !Catalogue.shipped.contains(name) else {
      throw Diagnostic(
        .conflictingKeys, "'\(name)' ships with this program: there is nothing to fetch", at: nil)
    }
    if let paths = try await HubText.download(
      name, split: split, reuse: reuse ?? .all, isOffline: isOffline, progress: progress)
    {
      return paths
    }
    guard split == nil else {
      throw Diagnostic(
        .conflictingKeys, "'\(name)' has no splits: it is no text from the Hub", at: nil,
        help: "'quantbook list texts' shows those")
    }
    return [
      try await HubModel.download(
        name, reuse: reuse ?? .ofRightSize, isOffline: isOffline, progress: progress)
    ]
  }
}
