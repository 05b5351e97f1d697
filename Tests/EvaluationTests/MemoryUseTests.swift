import GPT2
import Testing

@testable import Evaluation

@Suite struct MemoryUseTests {
  /// Its key-value cache alone takes 2 MiB: more than the few pages by which the system may err.
  private static func model() throws -> GPT2Model {
    var config = GPT2Config()
    config.vocabularySize = 1000
    config.contextLength = 1024
    config.width = 128
    config.innerWidth = 512
    config.layerCount = 2
    config.headCount = 4
    return try GPT2Model.random(config, name: "small")
  }

  #if os(Linux)
    @Test func thePeakIsAboveThePackedWeightsEachTimeItIsMeasured() throws {
      let model = try Self.model()
      let cache = 2 * 2 * 1024 * 128 * 4
      for _ in 0..<3 {
        let use = try MemoryUse.measure(model, tokens: 1024)
        #expect(use.packed == model.packedBytes)
        #expect(use.peak > use.packed + cache, "\(use.peak - use.packed) bytes more")
        #expect(use.peak < use.packed + 64 << 20)
      }
    }
  #endif
}
