import Kernels
import Quantization
import SafeFiles
import Testing

@testable import GPT2

@Suite struct RandomWeightsTests {
  private func config() -> GPT2Config {
    var config = GPT2Config()
    (config.vocabularySize, config.contextLength, config.width) = (3000, 64, 96)
    (config.layerCount, config.headCount, config.innerWidth) = (2, 4, 384)
    return config
  }

  private func elements(_ model: GPT2Model, _ name: String) -> [Float] {
    guard case .matrix(let matrix, _) = model[name] else { return [] }
    return matrix.decoded()
  }

  @Test func theSameSeedGivesTheSameWeights() throws {
    let first = try GPT2Model.random(config(), name: "a", seed: 7)
    let again = try GPT2Model.random(config(), name: "a", seed: 7)
    let other = try GPT2Model.random(config(), name: "a", seed: 8)
    let name = "h.1.mlp.c_fc.weight"
    #expect(elements(first, name) == elements(again, name))
    #expect(elements(first, name) != elements(other, name))
    #expect(elements(first, name) != elements(first, "h.0.mlp.c_fc.weight"))
    #expect(try first.sha256() == again.sha256())
    #expect(try first.sha256() != other.sha256())
  }

  @Test("the hash is that of the published reports")
  func hash() throws {
    var config = try #require(GPT2Config.named("gpt2"))
    let text = "\(RandomWeights.generator) \(GPT2Model.Source.random(seed: 0)) \(config.shapeText)"
    #expect(
      ContentHash.sha256(of: text)
        == "653b39b7dc54f156032e654d93254c42fcc383007428a65a6d729d5d5a74a38d")
    config.activation = .relu
    #expect(text.hasSuffix(config.shapeText))
  }

  @Test(
    arguments: [
      ("wte.weight", 0.02), ("h.0.attn.c_attn.weight", 0.02), ("h.1.mlp.c_proj.weight", 0.01),
    ])
  func deviationsAreThoseOfHuggingFace(_ name: String, _ deviation: Double) throws {
    let values = elements(try GPT2Model.random(config(), name: "a"), name).map(Double.init)
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let squares = values.map { ($0 - mean) * ($0 - mean) }
    let variance = squares.reduce(0, +) / count
    let kurtosis = squares.reduce(0) { $0 + $1 * $1 } / count / (variance * variance)
    #expect(abs(mean) < 5 * deviation / count.squareRoot())
    #expect(abs(variance.squareRoot() / deviation - 1) < 4 / count.squareRoot())
    #expect(abs(kurtosis - 3) < 0.15)
  }

  @Test(
    arguments: zip(
      GPT2Config.names, [81_912_576, 124_439_808, 354_823_168, 774_030_080, 1_557_611_200]))
  func publishedSizesHaveTheirParameters(_ name: String, _ count: Int) {
    #expect(GPT2Config.named(name)?.parameterCount == count)
  }

  @Test func anUnknownSizeIsRefused() {
    #expect(throws: GPT2Error.unknownSize("gpt3")) { try GPT2Model.random(named: "gpt3") }
  }

  @Test func smallTakes474Point70MiB() throws {
    let model = try GPT2Model.random(named: "gpt2")
    #expect(model.reportedBytes == 124_439_808 * 4)
    #expect(model.bitsPerWeight == 32)
  }
}
