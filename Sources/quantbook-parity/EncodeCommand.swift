import ArgumentParser
import Foundation
import InputLimits
import ModelFiles
import SafeFiles
import Tokenization

/// The tokens of many strings, each by itself.
struct EncodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "encode",
    abstract: "Writes `ids` I64 of all strings and `lengths` I64, how many tokens each has.")

  @Argument(help: "A tokenizer.json.") var tokenizer: String
  @Argument(help: "A JSON array of strings.") var strings: String
  @Argument(help: "The safetensors file to write.") var output: String

  func run() throws {
    let tokenizer = try Tokenizer(tokenizerFile: tokenizer)
    let data = Data(try BoundedReader.bytes(path: strings, limit: .corpusBytes))
    let tokens = try JSONDecoder().decode([String].self, from: data).map {
      try tokenizer.encode($0, addingTemplate: true)
    }
    var writer = SafetensorsWriter()
    writer.add(tokens: tokens.flatMap { $0 }, named: "ids")
    writer.add(tokens: tokens.map { Int32($0.count) }, named: "lengths")
    try writer.write(to: output)
  }
}
