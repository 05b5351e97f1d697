import Foundation
import Testing

@testable import GPT2

@Suite struct SamplingTests {
  private static func tokens(
    _ probabilities: [Double], _ sampling: Sampling, count: Int
  ) -> [Int32?] {
    var sampler = TokenSampler(sampling)
    let logits = probabilities.map { Float(log($0)) }
    return (0..<count).map { _ in logits.withUnsafeBufferPointer { sampler.token(after: $0) } }
  }

  @Test("without a temperature the most likely token is taken, of equals the lowest")
  func greedy() {
    #expect(Self.tokens([0.1, 0.4, 0.4, 0.1], .greedy, count: 2) == [1, 1])
    let strict = Sampling(temperature: 0, topK: 3, topP: 0.9, seed: 7)
    #expect(Self.tokens([0.1, 0.2, 0.7], strict, count: 1) == [2])
  }

  @Test("a logit that is NaN or +∞ leaves no token; −∞ is a token that never comes")
  func notFinite() {
    for sampling in [Sampling.greedy, Sampling(temperature: 1)] {
      for bad in [Float.nan, .infinity] {
        var sampler = TokenSampler(sampling)
        #expect([1, bad, 2].withUnsafeBufferPointer { sampler.token(after: $0) } == nil)
      }
    }
    #expect(Set(Self.tokens([0, 0.5, 0.5], Sampling(temperature: 1), count: 200)) == [1, 2])
  }

  @Test("tokens come as often as they are likely")
  func frequencies() {
    let count = 20_000
    let drawn = Self.tokens([0.2, 0.5, 0.3], Sampling(temperature: 1, seed: 3), count: count)
    for (token, share) in [0.2, 0.5, 0.3].enumerated() {
      let found = Double(drawn.count { $0 == Int32(token) }) / Double(count)
      #expect(abs(found - share) < 4 * (share * (1 - share) / Double(count)).squareRoot())
    }
  }

  @Test("a temperature sharpens: at 1/2 probabilities are squared")
  func temperature() {
    let count = 20_000
    let drawn = Self.tokens([0.25, 0.75], Sampling(temperature: 0.5, seed: 5), count: count)
    let found = Double(drawn.count { $0 == 1 }) / Double(count)
    #expect(abs(found - 0.9) < 4 * (0.09 / Double(count)).squareRoot())
  }

  @Test("top-k and top-p keep the tokens that transformers keeps")
  func warpers() {
    func kept(_ sampling: Sampling) -> Set<Int32?> {
      Set(Self.tokens([0.125, 0.5, 0.25, 0.125], sampling, count: 500))
    }
    #expect(kept(Sampling(temperature: 1, topK: 2)) == [1, 2])
    #expect(kept(Sampling(temperature: 1, topK: 1)) == [1])
    #expect(kept(Sampling(temperature: 1, topP: 0.49)) == [1])
    #expect(kept(Sampling(temperature: 1, topP: 0.51)) == [1, 2])
    #expect(kept(Sampling(temperature: 1, topP: 0.001)) == [1])
    #expect(kept(Sampling(temperature: 1, topP: 1)) == [0, 1, 2, 3])
    // Temperature comes before top-p: at 1/2 the first token alone has more than 0.7.
    #expect(kept(Sampling(temperature: 0.5, topP: 0.7)) == [1])
    #expect(kept(Sampling(temperature: 1, topP: 0.7)) == [1, 2])
  }

  @Test("equal seeds give equal tokens, others do not")
  func seeds() {
    func drawn(_ seed: UInt64) -> [Int32?] {
      Self.tokens([0.5, 0.5], Sampling(temperature: 1, seed: seed), count: 64)
    }
    #expect(drawn(1) == drawn(1))
    #expect(drawn(1) != drawn(2))
  }

  @Test("a continuation ends at the token that ends texts, which is no part of it")
  func endOfText() throws {
    let session = try GPT2Session(Fixture.all[0].model())
    let whole = try session.generate(after: [1, 2, 3], count: 8)
    #expect(whole.tokens.count == 8 && whole.end == .length)
    let end = try #require(whole.tokens.last)
    let before = try #require(whole.tokens.firstIndex(of: end))
    session.reset()
    var seen: [Int32] = []
    let ended = try session.generate(after: [1, 2, 3], count: 8, endingAt: [end]) {
      seen.append($0)
    }
    #expect(ended.end == .endOfText)
    #expect(ended.tokens == Array(whole.tokens[..<before]))
    #expect(seen == ended.tokens)
    #expect(ended.equalTokens(with: whole) == before)
  }

  @Test("what does not fit in the context is refused before anything is read")
  func capacity() throws {
    let session = try GPT2Session(Fixture.all[0].model())
    let prompt = [Int32](repeating: 1, count: 60)
    #expect(throws: GPT2Error.tooManyPositions(65, limit: 64)) {
      try session.generate(after: prompt, count: 6)
    }
    #expect(session.position == 0)
    #expect(try session.generate(after: prompt, count: 5).tokens.count == 5)
  }
}
