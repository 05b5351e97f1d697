import ArgumentParser
import ModelFiles
import Quantization

/// The product of a quantized layer.
struct LayerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layer",
    abstract: "Quantizes `weight` [out, in] and writes `Y` = X Wᵀ + `bias`, and the weights again.")

  @Argument(help: "A safetensors file with weight, bias and X [rows, in], F32.") var input: String
  @Argument(help: "The safetensors file to write.") var output: String
  @OptionGroup var scheme: SchemeOptions

  func run() throws {
    let file = try Safetensors(path: input)
    let (rows, columns) = try file.matrixShape("weight")
    let (tokens, width) = try file.matrixShape("X")
    let bias = try file.floats("bias")
    guard width == columns, bias.count == rows else {
      throw ValidationError("weight, bias and X do not go together")
    }
    let matrix = try scheme.quantize(
      MatrixView(try file.floats("weight"), rows: rows, columns: columns, name: "weight"))
    let x = try file.floats("X")
    let y = [Float](unsafeUninitializedCapacity: tokens * rows) { y, count in
      x.withUnsafeBufferPointer { x in
        bias.withUnsafeBufferPointer { matrix.multiply(x, tokens: tokens, bias: $0, into: y) }
      }
      count = tokens * rows
    }
    var writer = SafetensorsWriter()
    writer.add("Y", shape: [tokens, rows], y)
    writer.add("dequantized", shape: [rows, columns], matrix.decoded())
    try writer.write(to: output)
  }
}
