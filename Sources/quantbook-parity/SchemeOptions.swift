import ArgumentParser
import GPT2
import Quantization

/// How to quantize, on the command line of every subcommand that can.
struct SchemeOptions: ParsableArguments {
  @Option(help: "none, llmInt8, fp4 or nf4.")
  var scheme = "none"
  @Option(help: "Weights that share an absmax, for fp4 and nf4.")
  var blockSize = 64
  @Flag(help: "Quantizes the absmax too, for fp4 and nf4.")
  var double = false
  @Flag(help: "Codes by the rule of bitsandbytes' CUDA kernels, not its CPU backend.")
  var cuda = false

  /// The scheme; nil for none. What it leaves stays as the file has it, in Float32 arithmetic.
  func selected() throws -> (any QuantizationScheme)? {
    switch scheme {
    case "none": return nil
    case LLMInt8Scheme.name:
      var scheme = LLMInt8Scheme()
      scheme.remainder = .float32
      return scheme
    case FP4Scheme.name: return configured(FP4Scheme())
    case NF4Scheme.name: return configured(NF4Scheme())
    default: throw ValidationError("--scheme is none, llmInt8, fp4 or nf4, not '\(scheme)'")
    }
  }

  private func configured(_ scheme: some FourBitScheme) -> some FourBitScheme {
    var scheme = scheme
    scheme.remainder = .float32
    scheme.blockSize = blockSize
    scheme.doubleQuantized = double
    scheme.rule = cuda ? .cuda : .cpu
    return scheme
  }

  /// One matrix by the scheme, [out, in].
  func quantize(_ view: MatrixView) throws -> any WeightMatrix {
    guard let scheme = try selected() else { throw ValidationError("--scheme is missing") }
    return try scheme.quantize(view)
  }

  /// A model by the scheme; the model itself for none.
  func quantize(_ model: GPT2Model) throws -> GPT2Model {
    guard let scheme = try selected() else { return model }
    return try model.quantized(by: scheme).model
  }
}
