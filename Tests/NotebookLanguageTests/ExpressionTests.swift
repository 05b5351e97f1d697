import Diagnostics
import Testing

@testable import NotebookLanguage

@Suite struct ExpressionTests {
  private let scope = ExpressionScope([
    "nf4": .record(
      Record([
        "perplexity": .record(
          Record(
            ["value": .number(Number(33.4187, error: 0.912)), "error": .number(0.912)],
            principal: "value")),
        "bytes": .bytes(124_748_800),
        "latency": .record(
          Record(
            ["median": .number(16.914, .milliseconds), "low": .number(16, .milliseconds)],
            principal: "median")),
        "name": .text("nf4"),
      ])),
    "huge": .number(Number(.infinity, cause: "overflow in layer 3")),
    "undefined": .number(Number(.nan, cause: "0/0")),
    "params": .record(Record(["stride": .number(512)])),
  ])

  private func evaluate(_ text: String) throws -> Value {
    let file = SourceFile(name: "n.md", text: text)
    let span = SourceSpan(file: file, range: 0..<text.utf8.count)
    return try ExpressionParser.parse(span).value(in: scope)
  }

  @Test("operators bind as the list of their precedence says")
  func precedence() throws {
    func root(_ text: String) throws -> Expression.Operator? {
      let file = SourceFile(name: "n.md", text: text)
      let node = try ExpressionParser.parse(SourceSpan(file: file, range: 0..<text.utf8.count)).node
      return if case .binary(let root, _, _) = node { root } else { nil }
    }
    let lines = Expression.Operator.byPrecedence
    for (tight, loose) in zip(lines, lines.dropFirst()) {
      for (tight, loose) in zip(tight, loose) {
        #expect(try root("a \(tight.rawValue) b \(loose.rawValue) c") == loose)
        #expect(try root("a \(loose.rawValue) b \(tight.rawValue) c") == loose)
      }
    }
  }

  @Test(
    "arithmetic and conditions",
    arguments: [
      ("1 + 2 * 3", "7"), ("(1 + 2) * 3", "9"), ("10 / 4", "2.5"), ("-2 - -3", "1"),
      ("1 < 2 and not 2 < 1", "true"), ("1 > 2 or 3 != 3", "false"),
      ("'a' + \"b\"", "ab"), ("'yes' if 2 > 1 else 'no'", "yes"),
      ("'low' if params.stride < 100 else 'mid' if params.stride < 1000 else 'high'", "mid"),
      ("nf4.name == 'nf4'", "true"), ("1e3 + .5", "1,000.5"), ("0.1 + 0.2", "0.3"),
      ("params.stride", "512"), ("nf4.perplexity", "33.42"), ("nf4.bytes", "118.97 MiB"),
      ("nf4.latency", "16.91 ms"), ("huge", "∞"), ("-huge", "−∞"), ("undefined", "undefined"),
      ("nf4.bytes / nf4.bytes", "1"), ("nf4.perplexity.value > 33", "true"),
    ])
  func values(_ text: String, _ expected: String) throws {
    #expect(DisplayedValue(try evaluate(text)).text == expected)
  }

  @Test(
    "addresses in brackets",
    arguments: [
      ("texts[text-b].value", "2"), ("texts['text-b', value]", "2"), ("texts[6.50, -1.0]", "3"),
      ("nf4[bytes] / nf4.bytes", "1"), ("texts[ text-b ][value] - 1", "1"),
    ])
  func addresses(_ text: String, _ expected: String) throws {
    var scope = scope
    scope.values["texts"] = .record(
      Record([
        "text-b": .record(Record(["value": .number(2)])),
        "6.5": .record(Record(["-1": .number(3)])),
      ]))
    let span = SourceSpan(file: SourceFile(name: "n.md", text: text), range: 0..<text.utf8.count)
    #expect(DisplayedValue(try ExpressionParser.parse(span).value(in: scope)).text == expected)
  }

  @Test(
    "paths in brackets and with points are the same",
    arguments: [
      ("grid[nf4, 64].bytes", ["grid", "nf4", "64", "bytes"]),
      ("grid.nf4.64.bytes", ["grid", "nf4", "64", "bytes"]),
      ("[6.50].a[b]", ["6.5", "a", "b"]), ("a.b", ["a", "b"]), ("", []), ("a[b", ["a", "[b"]),
    ])
  func paths(_ path: String, _ names: [String]) {
    #expect(FieldPath.names(of: path) == names)
  }

  @Test(
    "filters",
    arguments: [
      ("nf4.bytes | mib", "118.97 MiB"), ("nf4.bytes | mib(0)", "119 MiB"),
      ("nf4.latency | ms(1)", "16.9 ms"), ("1 / 3 | percent", "33.3 %"),
      ("46417899.07 | round(2)", "46,417,899.07"), ("17735424 | si", "17.7 M"),
      ("0.00012345 | sig(2)", "0.00012"), ("1.5e21 | sig(2)", "1.5 × 10²¹"),
      ("huge | round(2)", "∞"), ("1234.5 | round(0)", "1,234"), ("-0.001 | round(2)", "0.00"),
      ("2 | ratio", "2.00 ×"), ("999999 | sig(3)", "1,000,000"), ("0 | sig(3)", "0"),
    ])
  func filters(_ text: String, _ expected: String) throws {
    #expect(DisplayedValue(try evaluate(text)).text == expected)
  }

  @Test("pm shows the error to two digits, and no error beside infinity")
  func plusMinus() throws {
    let shown = DisplayedValue(try evaluate("nf4.perplexity | pm"))
    #expect(shown.text == "33.42")
    #expect(shown.error == "± 0.91")
    let infinite = DisplayedValue(try evaluate("huge | pm"))
    #expect(infinite.text == "∞")
    #expect(infinite.error.isEmpty)
    #expect(infinite.cause == "overflow in layer 3")
  }

  @Test("what is computed from measured values is derived; from settings alone it is given")
  func origin() throws {
    #expect(try evaluate("nf4.bytes / 2").asNumber?.origin == .derived)
    #expect(try evaluate("2 / 3").asNumber?.origin == .given)
  }

  @Test(
    "mistakes have a code and a place",
    arguments: [
      ("", "QB0401", ""), ("1 +", "QB0401", ""), ("1 2", "QB0401", "2"), ("(1", "QB0401", ""),
      ("nf5.bytes", "QB0403", "nf5"), ("nf4.byts", "QB0402", "byts"),
      ("nf4.bytes.x", "QB0402", "x"), ("nf4 + 1", "QB0405", "nf4"),
      ("nf4.bytes + nf4.latency", "QB0405", "nf4.bytes + nf4.latency"),
      ("1 | rond(2)", "QB0404", "rond"), ("1 | round('a')", "QB0405", "'a'"),
      ("1 | round(99)", "QB0406", "99"), ("'a", "QB0401", "'a"), ("1 § 2", "QB0401", "§"),
      ("1 if 2 else 3", "QB0405", "2"), ("'a' | round", "QB0405", "'a' | round"),
      ("nf4.", "QB0401", ""), ("not 1", "QB0405", "1"),
    ])
  func mistakes(_ text: String, _ code: String, _ place: String) {
    #expect {
      _ = try evaluate(text)
    } throws: { error in
      guard let diagnostic = error as? Diagnostic else { return false }
      return diagnostic.code.rawValue == code && diagnostic.span?.text == place
    }
  }

  @Test(
    "what is no finite number says why",
    arguments: [
      ("1 / 0", "∞", "division by zero"), ("-1 / 0", "−∞", "division by zero"),
      ("0 / 0", "undefined", "division by zero"), ("1e308 * 10", "∞", "too large for a number"),
      ("-1e308 - 1e308", "−∞", "too large for a number"),
      ("1e999", "∞", "1e999 is too large for a number"),
      ("huge / huge", "undefined", "overflow in layer 3"),
      ("huge - 1", "∞", "overflow in layer 3"), ("undefined * 0", "undefined", "0/0"),
      ("nf4.bytes / 0", "∞ MiB", "division by zero"),
      ("(1 / 0) | round(2)", "∞", "division by zero"),
    ])
  func causes(_ text: String, _ shown: String, _ cause: String) throws {
    let displayed = DisplayedValue(try evaluate(text))
    #expect(displayed.text == shown)
    #expect(displayed.cause == cause)
  }

  @Test("a long sum takes time in proportion, and a longer one is refused")
  func longSums() throws {
    let sum = [String](repeating: "1", count: 150).joined(separator: " + ")
    #expect(DisplayedValue(try evaluate(sum)).text == "150")
    let longer = [String](repeating: "1", count: 100_000).joined(separator: " + ")
    #expect(throws: Diagnostic.self) { try evaluate(longer) }
  }

  @Test("deep nesting is refused, not followed", arguments: ["(", "1 if 1 else "])
  func nesting(_ unit: String) {
    let text = String(repeating: unit, count: 20_000) + "1"
    #expect(throws: Diagnostic.self) { try evaluate(text) }
  }
}
