import JSONStrings
import Testing

@Suite struct JSONStringTests {
  @Test(arguments: [
    ("a \"b\" \\ c/d", #""a \"b\" \\ c/d""#),
    ("\n\r\t\u{0}\u{1B}\u{7F}", #""\n\r\t\u0000\u001b\u007f""#),
    ("é 字 🙂", #""é 字 🙂""#),
    ("", #""""#),
  ])
  func escapes(_ text: String, _ expected: String) {
    #expect(JSONString.quoted(text) == expected)
  }

  @Test func keepsOneLineToAllReaders() {
    let text = "\u{85}\u{9B}\u{2028}\u{2029}\u{202E}\u{FEFF}"
    let expected = #""\u0085\u009b\u2028\u2029\u202e\ufeff""#
    #expect(JSONString.quoted(text) == expected)
    #expect(JSONString.escaping("{\n  \"\(text)\": \"é\"\n}") == "{\n  \(expected): \"é\"\n}")
  }
}
