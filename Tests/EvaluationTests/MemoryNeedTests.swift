import GPT2
import InputLimits
import Quantization
import Testing

@testable import Evaluation

@Suite struct MemoryNeedTests {
  private static func model() throws -> GPT2Model {
    try GPT2Model.random(named: "distilgpt2")
  }

  private static func tokens(_ model: GPT2Model) -> [Int32] {
    Latency.tokens(64, vocabularySize: model.config.vocabularySize)
  }

  @Test("random weights are four bytes each")
  func random() throws {
    let config = try #require(GPT2Config.named("gpt2-xl"))
    let need = MemoryNeed.randomWeights(config)
    #expect(need.bytes == 4 * config.parameterCount)
    #expect(need.parts.map(\.name) == ["weights in FP32"])
  }

  @Test(
    "what quantizing is said to take is what it takes, an eighth more at most",
    arguments: AllSchemes.all.map { $0.name })
  func quantizing(_ name: String) throws {
    let model = try Self.model()
    let scheme = try #require(AllSchemes.named(name)).init()
    let selection = TensorSelection(only: GPT2Config.patterns(of: scheme.usualTensors))
    let need = MemoryNeed.quantizing(model, by: scheme) {
      $0.hasSuffix(".weight") && selection.contains($0)
    }
    let quantized = try model.quantized(by: scheme)
    let taken = quantized.coverage.filter { $0.format != "float32" }
      .reduce(0) { $0 + $1.storage.packedBytes }
    #expect(need.bytes >= taken)
    #expect(Double(need.bytes) <= 1.15 * Double(taken), "\(need.bytes) \(taken)")
  }

  @Test("keys, values and activations by the tokens that are read")
  func reading() throws {
    let model = try Self.model()
    let config = model.config
    let need = MemoryNeed.reading([model], tokens: 100)
    #expect(need.parts.first?.bytes == 2 * config.layerCount * 100 * config.width * 4)
    #expect(MemoryNeed.reading([model, model], tokens: 100).bytes == 2 * need.bytes)
    // No more tokens than the context has.
    #expect(
      MemoryNeed.reading([model], tokens: 1 << 40).bytes
        == MemoryNeed.reading([model], tokens: config.contextLength).bytes)
  }

  @Test("nothing is measured where memory lacks by a byte")
  func refused() throws {
    let model = try Self.model()
    let tokens = Self.tokens(model)
    let need = MemoryNeed.reading([model], tokens: 64).bytes
    let metric = Perplexity(window: 64, stride: 32)
    try Limits.with([.memoryBytes: need]) { _ = try metric.measure(model, tokens: tokens) }
    Limits.with([.memoryBytes: need - 1]) {
      let lack = #expect(throws: MemoryLack.self) { try metric.measure(model, tokens: tokens) }
      #expect(lack?.need.bytes == need)
      #expect(lack?.available == AvailableMemory(bytes: need - 1, source: .limit))
      #expect(throws: MemoryLack.self) { try MemoryUse.measure(model, tokens: 64) }
      #expect(throws: MemoryLack.self) {
        try Divergence(window: 64).measure(base: model, model, tokens: tokens + tokens)
      }
      #expect(throws: MemoryLack.self) {
        try Latency(prompt: 64).measure(before: model, after: model)
      }
      #expect(throws: MemoryLack.self) {
        try Growth(prompts: [64], contexts: [], repetitions: 1).measure(before: model)
      }
    }
  }
}
