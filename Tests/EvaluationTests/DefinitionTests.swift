import Foundation
import GPT2
import Testing

@testable import Evaluation

/// Definitions of perplexity against values that are known, or worked out here from the logits.
@Suite struct DefinitionTests {
  private let tokens: [Int32] = (0..<64).map { Int32($0 * 5 % 8) }

  private static let metrics = [
    Perplexity(window: 16, stride: 8), Perplexity(window: 16, stride: 16),
    Perplexity(window: 16, stride: 5, weighting: .guide),
    Perplexity(window: 16, definition: .halfWindow),
    Perplexity(window: 16, definition: .rolling(prefix: 3)),
  ]

  @Test(arguments: metrics)
  func aModelOfZerosHasThePerplexityOfItsVocabulary(_ metric: Perplexity) throws {
    let result = try metric.measure(MadeModel().load(), tokens: tokens)
    #expect(abs(result.value - 8) < 1e-12)
    #expect(result.error < 1e-6)
  }

  @Test(arguments: metrics)
  func aHeadOfZerosHasThePerplexityOfItsVocabulary(_ metric: Perplexity) throws {
    var synthetic = Synthetic(seed: 1)
    var made = MadeModel()
    for name in made.tensors.keys.sorted() {
      made.set(name) { values in values = values.map { _ in Float(synthetic.normal()) } }
    }
    made.config["tie_word_embeddings"] = false
    made.tensors["lm_head.weight"] = ([8, 4], Array(repeating: 0, count: 32))
    let result = try metric.measure(made.load(), tokens: tokens)
    #expect(abs(result.value - 8) < 1e-12)
    #expect(result.error < 1e-6)
  }

  @Test func aUniformModelScoresEveryTokenButTheFirst() throws {
    let result = try Perplexity(window: 16, stride: 8).measure(MadeModel().load(), tokens: tokens)
    #expect(result.tokens == 63)
  }

  @Test(arguments: [(64, 64, 640), (64, 32, 650), (50, 17, 333), (128, 1, 140)])
  func strideEqualsWindowsByHand(_ window: Int, _ stride: Int, _ count: Int) throws {
    let fixture = try PerplexityFixture()
    let tokens = Array(fixture.tokens.prefix(count))
    var losses: [Double] = []
    var read = 0
    for begin in Swift.stride(from: 0, to: count, by: stride) where read < count {
      let end = min(begin + window, count)
      let byPlace = try Self.losses(fixture.model, Array(tokens[begin..<end]))
      for place in max(read, begin + 1)..<end { losses.append(byPlace[place - begin - 1]) }
      read = end
    }
    let result = try Perplexity(window: window, stride: stride)
      .measure(fixture.model, tokens: tokens)
    #expect(result.tokens == losses.count)
    #expect(abs(result.nll - losses.reduce(0, +) / Double(losses.count)) < 1e-7)
    #expect(zip(result.losses, losses).allSatisfy { abs(Double($0) - $1) < 1e-5 })
  }

  @Test func aStrideOfTheWindowEqualsDisjointTexts() throws {
    let fixture = try PerplexityFixture()
    let disjoint = try (0..<6).map { index in
      try Perplexity(window: 64, stride: 64).measure(
        fixture.model, tokens: Array(fixture.tokens[index * 64..<(index + 1) * 64]))
    }
    let whole = try Perplexity(window: 64, stride: 64).measure(
      fixture.model, tokens: Array(fixture.tokens.prefix(384)))
    #expect(whole.losses == disjoint.flatMap(\.losses))
    #expect(whole.tokens == 6 * 63)
  }

  @Test func theGuidesWeightsDifferInALateDigit() throws {
    let fixture = try PerplexityFixture()
    let once = try Perplexity(window: 128, stride: 64)
      .measure(fixture.model, tokens: fixture.tokens)
    let guide = try Perplexity(window: 128, stride: 64, weighting: .guide)
      .measure(fixture.model, tokens: fixture.tokens)
    #expect(once.losses == guide.losses)
    #expect(once.nll != guide.nll)
    #expect(abs(once.nll - guide.nll) < 1e-2)
    // Each window's mean counts one less than the tokens that are new in it.
    #expect(
      guide.windows.map(\.weight)
        == once.windows.enumerated().map { index, window in
          window.weight - (index == 0 ? 0 : 1)
        })
  }

  /// Of each token but the first, in nats, from the logits by a plain sum in Double.
  private static func losses(_ model: GPT2Model, _ tokens: [Int32]) throws -> [Double] {
    let session = try GPT2Session(model, capacity: tokens.count)
    try session.read(tokens)
    let vocabulary = model.config.vocabularySize
    let logits = try session.logits(rows: 0..<tokens.count)
    return (1..<tokens.count).map { place in
      let row = logits[(place - 1) * vocabulary..<place * vocabulary].map { Double($0) }
      let maximum = row.max() ?? 0
      return log(row.reduce(0) { $0 + exp($1 - maximum) }) + maximum - row[Int(tokens[place])]
    }
  }
}
