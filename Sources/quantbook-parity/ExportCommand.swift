import ArgumentParser
import GPT2

/// A model in a format that the peers read.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a model as a directory in Hugging Face's layout, or as a GGUF file.")

  @Argument(help: "The directory or file to write.") var output: String
  @OptionGroup var model: ModelOptions
  @OptionGroup var scheme: SchemeOptions
  @Option(help: "f32, f16, q8_0 or q4_0, for a GGUF file.") var gguf: String?

  func run() throws {
    let made = try scheme.quantize(try model.load())
    guard let gguf else {
      return try made.write(directory: output, as: GPT2Model.DirectoryExport())
    }
    guard let type = GPT2Model.GGUFExportType(rawValue: gguf) else {
      throw ValidationError("--gguf is f32, f16, q8_0 or q4_0")
    }
    try made.write(gguf: output, as: type)
  }
}
