import ArgumentParser
import GPT2
import ModelFiles
import Quantization

/// Quantizes matrices, as bitsandbytes stores them.
struct PackCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pack",
    abstract: "Quantizes every F32 matrix [out, in] of a file, in bitsandbytes' checkpoint layout.")

  @Argument(help: "A safetensors file.") var input: String
  @Argument(help: "The safetensors file to write.") var output: String
  @OptionGroup var scheme: SchemeOptions

  func run() throws {
    let file = try Safetensors(path: input)
    var writer = SafetensorsWriter()
    for entry in file.tensors where entry.type == .float32 && entry.shape.count == 2 {
      let view = MatrixView(
        try file.floats(entry.name), rows: entry.shape[0], columns: entry.shape[1],
        name: entry.name)
      switch try scheme.quantize(view) {
      case let matrix as FourBitMatrix: writer.add(layer: entry.name, matrix)
      case let matrix as LLMInt8Matrix: writer.add(layer: entry.name, matrix)
      default: throw ValidationError("bitsandbytes has no layout for '\(scheme.scheme)'")
      }
    }
    try writer.write(to: output)
  }
}
