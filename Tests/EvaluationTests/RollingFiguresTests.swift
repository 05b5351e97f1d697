import Foundation
import Testing

@testable import Evaluation

@Suite struct RollingFiguresTests {
  /// len(re.split(r"\s+", text)) of Python 3.
  @Test(arguments: [
    ("", 1), ("one", 1), ("one two", 2), (" one two", 3), ("one two \n", 3), ("   ", 2),
    (" one\t\ttwo\r\n\r\nthree\u{b}\u{c}four ", 6), ("a\u{a0}b\u{2003}c\u{3000}d", 4),
    ("a\u{1c}b\u{1f}c", 3), ("a\u{85}b\u{2028}c", 3), ("a\u{200b}b\u{feff}c", 1),
    ("é\u{301} = 日本 語\r\n", 5),
  ])
  func wordsArePiecesBetweenWhiteSpace(_ text: String, _ expected: Int) {
    #expect(RollingFigures.words(in: text) == expected)
  }

  @Test func figuresAreOfTheWholeLoss() {
    // 10 tokens of ln 4 nats each.
    let result = Perplexity.Result(Array(repeating: log(4), count: 10), window: 5)
    let figures = RollingFigures(result, words: 5, bytes: 40)
    #expect(abs(figures.wordPerplexity - 16) < 1e-12)
    #expect(abs(figures.bytePerplexity - pow(2, 0.5)) < 1e-12)
    #expect(abs(figures.bitsPerByte - 0.5) < 1e-12)
  }

  @Test func theFixtureHasTheHarnesssLogLikelihood() throws {
    let fixture = try PerplexityFixture()
    let expected = fixture.expected.base.rolling_tokens
    let result = try Perplexity(window: 128, definition: .rolling(prefix: expected.prefix))
      .measure(fixture.model, tokens: fixture.tokens)
    let figures = RollingFigures(result, words: 1000, bytes: 6000)
    #expect(abs(log(figures.wordPerplexity) * 1000 / -expected.log_likelihood - 1) < 1e-5)
    #expect(abs(figures.bitsPerByte * 6000 * log(2) / -expected.log_likelihood - 1) < 1e-5)
  }
}
