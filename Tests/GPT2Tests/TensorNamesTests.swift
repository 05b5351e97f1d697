import GPT2
import Quantization
import Testing

@Suite struct TensorNamesTests {
  @Test("the linear layers are four in each block")
  func linearLayers() {
    let names = GPT2Config().tensorNames
    let linear = TensorSelection(only: GPT2Config.patterns(of: .linearLayers))
    let weights = TensorSelection(only: GPT2Config.patterns(of: .everyWeight))
    for name in ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"] {
      #expect(linear.contains("h.7.\(name).weight"))
      #expect(!linear.contains("h.7.\(name).bias"))
    }
    for name in ["wte.weight", "wpe.weight", "h.0.ln_1.weight", "ln_f.weight"] {
      #expect(!linear.contains(name))
      #expect(weights.contains(name))
    }
    #expect(names.count(where: linear.contains) == 4 * 12)
    #expect(names.count(where: weights.contains) == 6 * 12 + 3)
  }
}
