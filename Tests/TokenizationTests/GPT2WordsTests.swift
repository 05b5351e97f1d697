import Testing

@testable import Tokenization

@Suite struct GPT2WordsTests {
  private func words(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    return bytes.withUnsafeBufferPointer { buffer in
      var words = GPT2Words(buffer)
      var found: [String] = []
      while let range = words.next() {
        found.append(String(decoding: buffer[range], as: UTF8.self))
      }
      return found
    }
  }

  @Test(
    arguments: [
      ("Hello world", ["Hello", " world"]),
      ("I'll say it's'S don't", ["I", "'ll", " say", " it", "'s", "'", "S", " don", "'t"]),
      ("a  b", ["a", " ", " b"]),
      ("a\n\nb", ["a", "\n", "\n", "b"]),
      ("a \n b  ", ["a", " \n", " b", "  "]),
      ("x=12.5%", ["x", "=", "12", ".", "5", "%"]),
      ("été ½ ٣ Ⅷ", ["été", " ½", " ٣", " Ⅷ"]),
      ("a\u{00A0}b\u{3000}\u{3000}c", ["a", "\u{00A0}", "b", "\u{3000}", "\u{3000}", "c"]),
      ("日本語です。", ["日本語です", "。"]),
      ("e\u{301}", ["e", "\u{301}"]),
      ("\u{85}\u{1C}", ["\u{85}", "\u{1C}"]),
      (" 's", [" '", "s"]),
      ("", []),
    ] as [(String, [String])])
  func wordsAreTheMatchesOfGPT2sExpression(_ text: String, _ expected: [String]) {
    #expect(words(text) == expected)
  }
}
