import ArgumentParser
import Cells
import Diagnostics
import GPT2
import Quantization

/// `--scheme` and its settings: how a command quantizes the linear layers.
struct SchemeOptions: ParsableArguments {
  enum Scheme: String, CaseIterable, ExpressibleByArgument {
    case nf4, fp4, llmInt8, int8
  }

  @Option(help: "How to quantize the linear layers; not at all unless given.")
  var scheme: Scheme?

  @Option(
    help: ArgumentHelp("nf4, fp4: weights that share an absmax.", valueName: "weights"))
  var blockSize: Int?

  @Flag(help: "nf4, fp4: gives the absmax 8 bits.")
  var doubleQuantization = false

  func validate() throws {
    let isFourBit = scheme == .nf4 || scheme == .fp4
    guard isFourBit || (blockSize == nil && !doubleQuantization) else {
      throw ValidationError("--block-size and --double-quantization go with --scheme nf4 and fp4")
    }
    if let blockSize, !FourBitMatrix.allowedBlockSizes.contains(blockSize) {
      throw ValidationError(QuantizationError.blockSize(blockSize).description)
    }
  }

  /// The scheme with its settings, what it leaves in Float32; nil for none.
  var selected: (any QuantizationScheme)? {
    switch scheme {
    case nil: return nil
    case .nf4: return configured(NF4Scheme())
    case .fp4: return configured(FP4Scheme())
    case .llmInt8:
      var scheme = LLMInt8Scheme()
      scheme.remainder = .float32
      return scheme
    case .int8:
      var scheme = Int8Scheme()
      scheme.coding.granularity = .channel
      return scheme
    }
  }

  /// - Throws: `Diagnostic` where there is no memory to quantize.
  func checkMemory(
    _ model: GPT2Model, _ scheme: any QuantizationScheme
  ) throws(Diagnostic) {
    let selection = TensorSelection(only: GPT2Config.patterns(of: scheme.usualTensors))
    try model.checkMemory(toQuantizeBy: scheme, at: nil) { selection.contains($0) }
  }

  private func configured(_ scheme: some FourBitScheme) -> some FourBitScheme {
    var scheme = scheme
    scheme.remainder = .float32
    scheme.blockSize = blockSize ?? scheme.blockSize
    scheme.doubleQuantized = doubleQuantization
    return scheme
  }
}
