import ArgumentParser
import Foundation
import GPT2
import InputLimits
import Kernels
import SafeFiles
import StarterModel
import Tokenization

/// A model and, for some, a text.
struct ModelOptions: ParsableArguments {
  @Option(help: "A directory in Hugging Face's layout, or starter.")
  var model = "starter"

  @Option(help: "Instruction set: baseline, avx2, avx512.")
  var kernels: String?

  var directory: String { model == "starter" ? StarterModel.directory.path : model }

  func load() throws -> GPT2Model {
    if let kernels { try KernelPath.select(named: kernels) }
    return try GPT2Model.load(path: directory)
  }
}

/// A text that is evaluated.
struct TextOptions: ParsableArguments {
  @Option(help: "A UTF-8 file; house-prose unless given.")
  var text: String?
  @Option(help: "Only so many tokens from the beginning.")
  var limit: Int?

  /// The text's tokens by the model's tokenizer.
  func tokens(_ model: ModelOptions) throws -> [Int32] {
    let path = text ?? StarterModel.houseProse.path
    let contents = try BoundedReader.text(path: path, limit: .corpusBytes)
    let tokens = try Tokenizer(directory: model.directory)
      .encode(contents, addingTemplate: true)
    guard let limit else { return tokens }
    guard limit >= 1 else { throw ValidationError("--limit must be at least 1") }
    return Array(tokens.prefix(limit))
  }
}
