import ArgumentParser
import Evaluation
import Tokenization

/// The perplexity of a text by one definition.
struct PerplexityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity", abstract: "Prints perplexity, mean NLL and tokens as JSON.")

  enum Definition: String, CaseIterable, ExpressibleByArgument {
    case stride, guide, halfWindow, rolling
  }

  private struct Figures: Encodable {
    let perplexity: Double
    let nll: Double
    let tokens: Int
  }

  @OptionGroup var model: ModelOptions
  @OptionGroup var scheme: SchemeOptions
  @OptionGroup var text: TextOptions
  @Option(help: "stride, guide (stride by the guide's weights), halfWindow or rolling.")
  var definition = Definition.stride
  @Option(help: "Tokens that the model reads at a time.") var window = 1024
  @Option(help: "Tokens between two windows.") var stride = 512

  func run() throws {
    let result = try metric().measure(
      try scheme.quantize(try model.load()), tokens: try text.tokens(model))
    try printJSON(Figures(perplexity: result.value, nll: result.nll, tokens: result.tokens))
  }

  private func metric() throws -> Perplexity {
    switch definition {
    case .stride: return Perplexity(window: window, stride: stride)
    case .guide: return Perplexity(window: window, stride: stride, weighting: .guide)
    case .halfWindow: return Perplexity(window: window, definition: .halfWindow)
    case .rolling:
      let roles = try Tokenizer(directory: model.directory).roles
      guard let prefix = roles.beginning ?? roles.end else {
        throw ValidationError("the vocabulary has no <|endoftext|>")
      }
      return Perplexity(window: window, definition: .rolling(prefix: prefix))
    }
  }
}
