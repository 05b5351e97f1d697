import ArgumentParser
import Cells
import Diagnostics
import Foundation
import GPT2
import NotebookLanguage
import StarterModel

/// The one model that a command works on.
struct ModelOptions: ParsableArguments {
  @Argument(
    help:
      "starter, a folder in Hugging Face's layout, a .gguf file, llm.c's .bin, or a name of the Hub.",
    completion: .file())
  var model: String

  @OptionGroup var hub: HubOptions

  /// Loads it; one from the Hub is fetched first.
  ///
  /// - Throws: `Diagnostic` for a model that is missing or damaged, `CancellationError`.
  func load(_ line: ProgressLine) async throws -> GPT2Model {
    let path = try await path { line.update($0) }
    do {
      return try GPT2Model.load(path: path, name: URL(fileURLWithPath: model).lastPathComponent) {
        line.update(CellProgress($0))
      }
    } catch let error as GPT2Error {
      throw Diagnostic(.invalidModel, error.description, at: nil, help: error.help)
    }
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
      model, refreshes: false, isOffline: hub.isOffline, progress: progress)
  }
}

extension CellProgress {
  init(_ update: ProgressUpdate) {
    self.init(
      activity: update.activity, completed: update.completed, total: update.total,
      unit: update.unit)
  }
}
