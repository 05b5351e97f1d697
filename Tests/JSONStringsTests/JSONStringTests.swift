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
    #expect(JSONString.quoted(text, forLines: true) == expected)
  }

  @Test func keepsOneLineToAllReaders() {
    let text = "\u{85}\u{2028}\u{2029}\u{FEFF}"
    #expect(JSONString.quoted(text, forLines: true) == #""\u0085\u2028\u2029\ufeff""#)
    #expect(Array(JSONString.quoted(text).utf8) == Array("\"\(text)\"".utf8))
  }
}
