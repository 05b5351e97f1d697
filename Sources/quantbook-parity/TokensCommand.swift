import ArgumentParser
import ModelFiles

/// The tokens of a text.
struct TokensCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "tokens", abstract: "Writes the tokens of a text as `input_ids` I64.")

  @Argument(help: "The safetensors file to write.") var output: String
  @OptionGroup var model: ModelOptions
  @OptionGroup var text: TextOptions

  func run() throws {
    var writer = SafetensorsWriter()
    writer.add(tokens: try text.tokens(model), named: "input_ids")
    try writer.write(to: output)
  }
}
