@testable import Evaluation
import Foundation
import GPT2
import Quantization
import Testing

@Suite struct DivergenceTests {
  /// What llama.cpp's formulas give for transformers and bitsandbytes; `Tests/Fixtures`.
  private struct Expected: Decodable {
    struct Scheme: Decodable {
      let divergence: [String: Value]
      let stride: Stride
    }
    struct Stride: Decodable {
      let every_token_once: PerplexityFixture.Expected.Figure
    }
    let quantized: [String: Scheme]
  }

  /// A number, or a table of percentiles.
  private enum Value: Decodable {
    case number(Double)
    case percentiles([String: Double])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .percentiles(try container.decode([String: Double].self))
      }
    }
  }

  private func expected(_ scheme: String) throws -> Expected.Scheme {
    let url = PerplexityFixture.folder.appending(path: "expected.json")
    let all = try JSONDecoder().decode(Expected.self, from: Data(contentsOf: url))
    return try #require(all.quantized[scheme])
  }

  private func scheme(_ name: String) -> any QuantizationScheme {
    switch name {
    case "int8": return LLMInt8Scheme()
    case "fp4": return FP4Scheme()
    default:
      var scheme = NF4Scheme()
      scheme.doubleQuantized = name == "nf4_double"
      return scheme
    }
  }

  private func quantized(_ model: GPT2Model, _ name: String) throws -> GPT2Model {
    var scheme = scheme(name)
    scheme.remainder = .float32
    return try model.quantized(by: scheme).model
  }

  @Test(arguments: ["int8", "fp4", "nf4", "nf4_double"])
  func statisticsEqualLlamaCppsForBitsandbytes(_ name: String) throws {
    let fixture = try PerplexityFixture()
    let expected = try expected(name).divergence
    let result = try Divergence(window: 128).measure(
      base: fixture.model, try quantized(fixture.model, name), tokens: fixture.tokens)
    func compare(_ value: Double, _ key: String, within tolerance: Double) {
      guard case .number(let number) = expected[key] else {
        Issue.record("no \(key)")
        return
      }
      #expect(abs(value - number) <= tolerance * abs(number) + 1e-9, "\(key): \(value), \(number)")
    }
    compare(Double(result.tokens), "targets", within: 0)
    compare(result.mean.value, "kld_mean", within: 2e-3)
    compare(result.mean.error, "kld_mean_error", within: 1e-2)
    compare(result.sameTop.value, "same_top", within: 1e-2)
    compare(result.sameTop.error, "same_top_error", within: 5e-2)
    compare(result.rootMeanSquareProbabilityChange.value, "delta_p_rms", within: 1e-2)
    compare(result.rootMeanSquareProbabilityChange.error, "delta_p_rms_error", within: 2e-2)
    compare(result.meanProbabilityChange.error, "delta_p_mean_error", within: 1e-2)
    compare(result.logPerplexityRatio.error, "log_perplexity_ratio_error", within: 1e-2)
    compare(result.perplexityRatio.value, "perplexity_ratio", within: 2e-4)
    guard case .percentiles(let percentiles) = expected["kld_percentiles"] else {
      Issue.record("no percentiles")
      return
    }
    for share in [0.5, 0.9, 0.99] {
      let value = try #require(percentiles["\(share)"])
      #expect(abs(result.quantile(share) / value - 1) < 5e-3)
    }
  }

  @Test(arguments: ["int8", "fp4", "nf4", "nf4_double"])
  func perplexityEqualsThatOfBitsandbytes(_ name: String) throws {
    let fixture = try PerplexityFixture()
    let result = try Perplexity(window: 128, stride: 64).measure(
      try quantized(fixture.model, name), tokens: fixture.tokens)
    let expected = try expected(name).stride.every_token_once
    #expect(result.tokens == expected.tokens)
    #expect(abs(result.value / expected.perplexity - 1) < 5e-4)
  }

  @Test func aModelDoesNotDivergeFromItself() throws {
    let fixture = try PerplexityFixture()
    let result = try Divergence(window: 128).measure(
      base: fixture.model, fixture.model, tokens: fixture.tokens)
    #expect(result.mean == Divergence.Estimate(value: 0, error: 0))
    #expect(result.quantile(1) == 0)
    #expect(result.sameTop.value == 1)
    #expect(result.perplexityRatio == Divergence.Estimate(value: 1, error: 0))
  }

  @Test(arguments: ["int8", "fp4", "nf4", "nf4_double"])
  func noTokenOfAModelDivergesFromItself(_ name: String) throws {
    let fixture = try PerplexityFixture()
    let model = try quantized(fixture.model, name)
    let result = try Divergence(window: 128).measure(base: model, model, tokens: fixture.tokens)
    #expect(result.comparisons.allSatisfy { $0.divergence == 0 && $0.probabilityChange == 0 })
    #expect(result.quantile(0) == 0)
    #expect(result.median == 0)
    #expect(result.quantile(0.99) == 0)
    #expect(result.rootMeanSquareProbabilityChange == Divergence.Estimate(value: 0, error: 0))
    #expect(result.logPerplexityRatio == Divergence.Estimate(value: 0, error: 0))
  }

  @Test func quantilesAreThoseOfTheSortedDivergences() throws {
    let fixture = try PerplexityFixture()
    let result = try Divergence(window: 128).measure(
      base: fixture.model, try quantized(fixture.model, "nf4"), tokens: fixture.tokens)
    let divergences = result.comparisons.map(\.divergence)
    for share in [0, 0.1, 0.5, 0.9, 0.99, 1] {
      #expect(result.quantile(share) == Statistics.quantile(divergences, share))
    }
    let mean = divergences.reduce(0, +) / Double(divergences.count)
    #expect(abs(result.mean.value / mean - 1) < 1e-12)
  }

  @Test func whatDoesNotGoTogetherIsRefused() throws {
    let fixture = try PerplexityFixture()
    func measure(window: Int, _ tokens: [Int32]) throws {
      _ = try Divergence(window: window).measure(
        base: fixture.model, fixture.model, tokens: tokens)
    }
    #expect(throws: EvaluationError.windowTooLong(window: 129, context: 128)) {
      try measure(window: 129, fixture.tokens)
    }
    #expect(throws: EvaluationError.corpusTooShort(tokens: 255, needed: 256)) {
      try measure(window: 128, Array(fixture.tokens.prefix(255)))
    }
    #expect(throws: GPT2Error.self) {
      try measure(window: 64, [-1] + fixture.tokens)
    }
    #expect(throws: EvaluationError.self) { try measure(window: 0, fixture.tokens) }
  }

  @Test func modelsOfDifferentVocabulariesAreRefused() throws {
    let fixture = try PerplexityFixture()
    var config = fixture.model.config
    config.vocabularySize += 1
    let other = try GPT2Model.random(config, name: "other")
    #expect(throws: DifferentVocabularies.self) {
      try Divergence(window: 128).measure(
        base: fixture.model, other, tokens: fixture.tokens)
    }
  }
}
