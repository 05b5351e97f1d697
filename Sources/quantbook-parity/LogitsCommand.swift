import ArgumentParser
import GPT2
import ModelFiles

/// The logits of a sequence, and its greedy continuation.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Writes `logits` F32 [tokens, vocabulary] and `greedy` I64 of a sequence of tokens.")

  @Argument(help: "A safetensors file with input_ids I64.") var input: String
  @Argument(help: "The safetensors file to write.") var output: String
  @OptionGroup var model: ModelOptions
  @OptionGroup var scheme: SchemeOptions
  @Option(help: "Tokens of the prompt that is continued.") var prompt = 1
  @Option(help: "Tokens to add to it.") var continuation = 0

  func run() throws {
    let tokens = try Safetensors(path: input).tokens("input_ids")
    guard prompt >= 1, prompt <= tokens.count, continuation >= 0 else {
      throw ValidationError("--prompt is from 1 to the number of tokens")
    }
    let session = try GPT2Session(scheme.quantize(try model.load()))
    try session.read(tokens)
    var writer = SafetensorsWriter()
    let vocabulary = session.model.config.vocabularySize
    writer.add(
      "logits", shape: [tokens.count, vocabulary], Array(try session.logits(rows: 0..<tokens.count))
    )
    session.reset()
    let greedy = try session.generate(after: tokens.prefix(prompt), count: continuation).tokens
    writer.add(tokens: greedy, named: "greedy")
    try writer.write(to: output)
  }
}
