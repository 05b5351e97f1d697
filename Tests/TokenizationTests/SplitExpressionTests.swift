import InputLimits
import Testing

@testable import Tokenization

@Suite struct SplitExpressionTests {
  private func matches(_ pattern: String, _ text: String) throws -> [String] {
    let expression = try SplitExpressionParser.parse(pattern)
    return try Array(text.utf8).withUnsafeBufferPointer { bytes in
      try expression.matches(in: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
    }
  }

  @Test(
    arguments: [
      ("a|ab", "abab", ["a", "a"]), ("(a|ab)c", "abc ac", ["abc", "ac"]),
      ("[a-c]{2}", "abcabca", ["ab", "ca", "bc"]), ("x{1,}y", "xxyx", ["xxy"]),
      ("a?b", "aab b", ["ab", "b"]), ("a++b", "aab", ["aab"]), ("a++a", "aaa", []),
      ("\\s+(?!\\S)", "a   b ", ["  ", " "]), ("a(?=b)", "aab", ["a"]),
      ("(?i:'s|k)s?", "'S Kss 'ſ \u{212A}", ["'S", "Ks", "'ſ", "\u{212A}"]),
      ("[^\\r\\n\\p{L}]+", "é1 \n2", ["1 ", "2"]), ("\\p{^Lu}\\P{N}", "aBcD1", ["aB", "cD"]),
      ("[-a\\]]+", "b-]a", ["-]a"]), ("[a[^b-z]]", "ab A", ["a", " ", "A"]),
      (".", "a\né", ["a", "é"]), ("(?:ab)?c", "abcc", ["abc", "c"]),
    ])
  func matchesAreOnigurumas(_ pattern: String, _ text: String, _ expected: [String]) throws {
    #expect(try matches(pattern, text) == expected)
  }

  @Test(
    arguments: [
      ("a*", "matches the empty text"), ("a|", "matches the empty text"), ("(ab)*c", "a group"),
      ("^a", "'^'"), ("a$", "'$'"), ("a+?", "as few times"), ("a{1,2}+", "a repetition"),
      ("\\bx", "'\\b'"), ("(?<=a)b", "'(?<'"), ("[[:alpha:]]", "'[:'"), ("[a&&b]", "'&&'"),
      ("\\p{Han}", "'Han'"), ("(a", "without its ')'"), ("a)", "without its '('"), ("[a", "']'"),
      ("(?i:é)", "ASCII"), ("(?i:ss)", "'ss'"), ("a{,3}", "'{'"), ("a{3,2}", "'{'"),
      ("[z-a]", "ascend"),
      ("[]", "']'"), ("\\", "too early"), ("*a", "'*'"), ("", "empty text"), ("\\1", "'\\1'"),
      ("a{99999999999999999999999", "'{'"),
    ])
  func whatIsNotComputedIsNamed(_ pattern: String, _ named: String) {
    let failure = #expect(throws: SplitExpressionParser.Failure.self) {
      try SplitExpressionParser.parse(pattern)
    }
    #expect(failure?.reason.contains(named) == true, "\(failure?.reason ?? "")")
  }

  @Test func deepAndLongPatternsAreRefused() {
    for pattern in [
      String(repeating: "(", count: 1000), String(repeating: "[", count: 1000),
      String(repeating: "a", count: 5000),
    ] {
      #expect(throws: SplitExpressionParser.Failure.self) {
        try SplitExpressionParser.parse(pattern)
      }
    }
  }

  @Test func theLimitsCanBeSet() {
    #expect(throws: Never.self) { try SplitExpressionParser.parse("((a))b") }
    Limits.with([.patternLength: 5, .patternDepth: 9]) {
      let failure = #expect(throws: SplitExpressionParser.Failure.self) {
        try SplitExpressionParser.parse("((a))b")
      }
      #expect(failure?.reason.contains("--limit pattern-length=10 allows more") == true)
    }
    Limits.with([.patternDepth: 2]) {
      let failure = #expect(throws: SplitExpressionParser.Failure.self) {
        try SplitExpressionParser.parse("((a))b")
      }
      #expect(failure?.reason.contains("--limit pattern-depth=4 allows more") == true)
    }
    Limits.with([.patternDepth: Limit.patternDepth.most]) {
      #expect(throws: SplitExpressionParser.Failure.self) {
        try SplitExpressionParser.parse(String(repeating: "([", count: 1000))
      }
    }
  }

  @Test func anExpressionThatGoesOverTheTextAgainAndAgainIsStopped() throws {
    let text = String(repeating: "a", count: 3000)
    #expect(throws: SplitExpressionError.self) { try matches("a+a+a+a+a+b", text) }
    #expect(try matches("a+b|a+", text) == [text])
  }
}
