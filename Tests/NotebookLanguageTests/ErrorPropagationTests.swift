import Diagnostics
import Testing

@testable import NotebookLanguage

/// Errors of computed figures, by known results.
@Suite struct ErrorPropagationTests {
  private let scope = ExpressionScope([
    "a": .number(Number(10, error: 3)), "b": .number(Number(4, error: 2)),
    "exact": .number(Number(5)),
    "before": .number(
      Number(50, error: 5, influence: Influence(sample: "text", values: [2, -1, -1]))),
    "after": .number(
      Number(100, error: 10, influence: Influence(sample: "text", values: [4, -2, -2]))),
    "elsewhere": .number(
      Number(100, error: 10, influence: Influence(sample: "other", values: [4, -2, -2]))),
    "faster": .record(
      Record([
        "ratio": .record(
          Record(["value": .number(0.5), "low": .number(0.4), "high": .number(0.6)]))
      ])),
    "equal": .record(Record(["low": .number(0.9), "high": .number(1.1)])),
    "destroyed": .record(
      Record(
        ["value": .number(.infinity), "low": .number(.nan), "high": .number(.nan)],
        principal: "value")),
    "tooFew": .record(
      Record(
        ["value": .number(0.5), "low": .number(.nan), "high": .number(.nan)], principal: "value")),
    "endless": .number(Number(.infinity)),
  ])

  private static let sums: [(String, Double)] = [
    ("a + b", 13.0.squareRoot()), ("a - b", 13.0.squareRoot()), ("a + exact", 3.0),
    ("a * 2", 6.0), ("a / 2", 1.5), ("2 / a", 0.06), ("a * b", 544.0.squareRoot()),
    ("a / b", (9.0 / 16 + 400.0 / 256).squareRoot()),
  ]

  private func number(_ text: String) throws -> Number {
    try #require(try value(text).asNumber)
  }

  private func value(_ text: String) throws -> Value {
    let file = SourceFile(name: "n.md", text: text)
    let span = SourceSpan(file: file, range: 0..<text.utf8.count)
    return try ExpressionParser.parse(span).value(in: scope)
  }

  @Test("independent figures: the delta method", arguments: Self.sums)
  func independent(_ text: String, _ error: Double) throws {
    let found = try #require(try number(text).error)
    #expect(abs(found - error) < 1e-12)
  }

  @Test("figures of one sample: what they share cancels")
  func paired() throws {
    // Both move in proportion, so their ratio does not move at all.
    #expect(try number("after / before").error == 0)
    #expect(try number("after - 2 * before").error == 0)
    let sum = try #require(try number("after + before").error)
    // Influences 6, -3, -3: √(3/2 · 54).
    #expect(abs(sum - 9) < 1e-12)
    let negated = try #require(try number("-after + before").error)
    #expect(abs(negated - 3) < 1e-12)
  }

  @Test("figures of different samples are independent")
  func differentSamples() throws {
    let error = try #require(try number("elsewhere - before").error)
    #expect(abs(error - 125.0.squareRoot()) < 1e-12)
  }

  @Test("a plain number and an infinity carry none")
  func none() throws {
    #expect(try number("exact * 2").error == nil)
    #expect(try number("endless / a").error == nil)
  }

  @Test(
    "verdicts",
    arguments: [
      ("faster | verdict('yes', 'no', 'unclear')", "yes"),
      ("equal | verdict('yes', 'no', 'unclear')", "unclear"),
      ("(a / b) | verdict('below', 'above', 'unclear')", "unclear"),
      ("(after / before) | verdict('below', 'above')", "above"),
      ("endless | verdict('below', 'above')", "above"), ("equal | verdict", "not distinguishable"),
      ("destroyed | verdict", "higher"), ("tooFew | verdict", "not distinguishable"),
    ])
  func verdicts(_ text: String, _ word: String) throws {
    #expect(DisplayedValue(try value(text)).text == word)
  }

  @Test(
    "what has no error has no verdict",
    arguments: ["exact | verdict", "'text' | verdict", "a | verdict(1)"])
  func refused(_ text: String) {
    #expect(throws: Diagnostic.self) { try value(text) }
  }
}
