import Evaluation
import Foundation
import GPT2
import ModelFiles
import SafeFiles
import Testing

/// What transformers, llama.cpp's and lm-evaluation-harness's formulas give; `Tests/Fixtures`.
struct PerplexityFixture {
  static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/data/perplexity")
    .standardized

  let model: GPT2Model
  let tokens: [Int32]
  let expected: Expected

  struct Expected: Decodable {
    struct Figure: Decodable {
      let nll_mean: Double
      let perplexity: Double
      let tokens: Int
    }
    struct Stride: Decodable {
      let window: Int
      let stride: Int
      let every_token_once: Figure
      let guide: Figure
    }
    struct HalfWindow: Decodable {
      let context: Int
      let nll_mean: Double
      let tokens: Int
    }
    struct Rolling: Decodable {
      let log_likelihood: Double
      let prefix: Int32
      let tokens: Int
    }
    struct Base: Decodable {
      let stride: [Stride]
      let half_window: [HalfWindow]
      let rolling_tokens: Rolling
    }
    let base: Base
  }

  init() throws {
    model = try GPT2Model.load(path: Self.folder.appending(path: "model").path)
    let file = try Safetensors(path: Self.folder.appending(path: "expected.safetensors").path)
    let ids = try #require(file["input_ids"])
    let bytes = file.bytes(of: ids)
    tokens = withExtendedLifetime(file.file) {
      (0..<ids.elementCount).map {
        Int32(bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Int64.self))
      }
    }
    expected = try JSONDecoder().decode(
      Expected.self, from: Data(contentsOf: Self.folder.appending(path: "expected.json")))
  }
}

@Suite struct PerplexityTests {
  let fixture: PerplexityFixture
  init() throws { fixture = try PerplexityFixture() }

  @Test(arguments: 0..<3)
  func strideEqualsTransformers(_ index: Int) throws {
    let expected = fixture.expected.base.stride[index]
    let once = try Perplexity(window: expected.window, stride: expected.stride)
      .measure(fixture.model, tokens: fixture.tokens)
    #expect(once.tokens == expected.every_token_once.tokens)
    #expect(abs(once.nll - expected.every_token_once.nll_mean) < 1e-5)
    #expect(abs(once.value / expected.every_token_once.perplexity - 1) < 1e-5)
    #expect(once.losses.count == once.tokens)
    #expect(once.cause == nil)
    let guide = try Perplexity(
      window: expected.window, stride: expected.stride, weighting: .guide
    ).measure(fixture.model, tokens: fixture.tokens)
    #expect(guide.tokens == expected.guide.tokens)
    #expect(abs(guide.nll - expected.guide.nll_mean) < 1e-5)
  }

  @Test(arguments: 0..<2)
  func halfWindowEqualsLlamaCpp(_ index: Int) throws {
    let expected = fixture.expected.base.half_window[index]
    let result = try Perplexity(window: expected.context, definition: .halfWindow)
      .measure(fixture.model, tokens: fixture.tokens)
    #expect(result.tokens == expected.tokens)
    #expect(abs(result.nll - expected.nll_mean) < 1e-5)
  }

  @Test func rollingEqualsTheEvaluationHarness() throws {
    let expected = fixture.expected.base.rolling_tokens
    let result = try Perplexity(window: 128, definition: .rolling(prefix: expected.prefix))
      .measure(fixture.model, tokens: fixture.tokens)
    #expect(result.tokens == expected.tokens)
    #expect(abs(result.nll * Double(result.tokens) + expected.log_likelihood) < 1e-2)
  }

  @Test func aStrideOfTheWindowGivesDisjointWindows() throws {
    let result = try Perplexity(window: 50, stride: 50)
      .measure(fixture.model, tokens: Array(fixture.tokens.prefix(500)))
    #expect(result.windows.map(\.targets) == (0..<10).map { $0 * 50 + 1..<$0 * 50 + 50 })
  }

  @Test func theErrorIsThatOfTheWindows() throws {
    let result = try Perplexity(window: 128, stride: 64)
      .measure(fixture.model, tokens: fixture.tokens)
    #expect(result.error > 0)
    #expect(result.error < result.value)
    #expect(abs(result.error / result.value - result.nllError) < 1e-12)
  }

  @Test func aModelComparedWithItselfHasTheRatioOne() throws {
    let metric = Perplexity(window: 128, stride: 64)
    let result = try metric.measure(fixture.model, tokens: fixture.tokens)
    let paired = PairedPerplexity(before: result, after: result)
    #expect(paired.ratio == 1)
    #expect(paired.error == 0)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    func measure(_ metric: Perplexity, _ count: Int = 1500) throws {
      _ = try metric.measure(fixture.model, tokens: Array(fixture.tokens.prefix(count)))
    }
    #expect(throws: EvaluationError.windowTooLong(window: 129, context: 128)) {
      try measure(Perplexity(window: 129, stride: 1))
    }
    #expect(throws: EvaluationError.invalidStride(stride: 65, window: 64)) {
      try measure(Perplexity(window: 64, stride: 65))
    }
    #expect(throws: EvaluationError.invalidStride(stride: 0, window: 64)) {
      try measure(Perplexity(window: 64, stride: 0))
    }
    #expect(throws: EvaluationError.corpusTooShort(tokens: 63, needed: 64)) {
      try measure(Perplexity(window: 64, stride: 32), 63)
    }
    #expect(throws: EvaluationError.corpusTooShort(tokens: 127, needed: 128)) {
      try measure(Perplexity(window: 64, definition: .halfWindow), 127)
    }
    #expect(throws: EvaluationError.corpusTooShort(tokens: 0, needed: 1)) {
      try measure(Perplexity(window: 64, definition: .rolling(prefix: 0)), 0)
    }
  }

  @Test(arguments: [-1, 2001] as [Int32])
  func aTokenOutsideTheVocabularyIsRefused(_ token: Int32) throws {
    var tokens = fixture.tokens
    tokens[70] = token
    #expect(throws: GPT2Error.self) {
      try Perplexity(window: 64, stride: 32).measure(fixture.model, tokens: tokens)
    }
  }
}
