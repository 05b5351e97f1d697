import ArgumentParser
import Cells
import Diagnostics
import Foundation
import GPT2
import Hub
import NotebookLanguage
import StarterModel

/// The one model that a command works on.
struct ModelOptions: ParsableArguments {
  @Argument(
    help:
      "starter, a folder in Hugging Face's layout, a .gguf file, llm.c's .bin, a name of the Hub, or random:gpt2 and its like.",
    completion: .file())
  var model: String

  @OptionGroup var hub: HubOptions
  @OptionGroup var limits: LimitOptions

  /// Loads it; one from the Hub is fetched first.
  ///
  /// - Throws: `Diagnostic` for a model that is missing or damaged, `CancellationError`.
  func load(_ line: ProgressLine) async throws -> GPT2Model {
    do {
      if let size = randomSize { return try GPT2Model.randomIfItFits(named: size, at: nil) }
      let path = try await path { line.update($0) }
      return try GPT2Model.load(path: path, name: URL(fileURLWithPath: model).lastPathComponent) {
        line.update(CellProgress($0))
      }
    } catch GPT2Error.unknownSize(let name) {
      throw Diagnostic.unknown(
        "size of random model", name, among: GPT2Config.names, .unknownValue, at: nil)
    } catch let error as GPT2Error {
      throw Diagnostic.unusable(error, at: nil)
    }
  }

  /// Of `random:gpt2`, or a configuration's path.
  private var randomSize: String? {
    let prefix = "random:"
    return model.hasPrefix(prefix) ? String(model.dropFirst(prefix.count)) : nil
  }

  /// Where its files are.
  private func path(
    _ progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> String {
    if model == "starter" { return StarterModel.directory.path }
    if FileManager.default.fileExists(atPath: model) { return model }
    guard HubModel.isName(model, in: FileManager.default.currentDirectoryPath) else {
      throw Diagnostic(
        .missingModel, "no model is called '\(model)', and no folder or file is at that path",
        at: nil,
        help: HubModel.suggestion(forPage: model)
          ?? "give 'starter', a folder in Hugging Face's layout, a .gguf file, or a name of the Hub "
          + "such as openai-community/gpt2")
    }
    return try await HubModel.download(
      model, reuse: .all, isOffline: hub.isOffline, progress: progress)
  }
}

extension CellProgress {
  init(_ update: ProgressUpdate) {
    self.init(
      activity: update.activity, completed: update.completed, total: update.total,
      unit: update.unit)
  }
}
