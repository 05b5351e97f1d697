import Testing

@testable import Tokenization

@Suite struct AddedTokensTests {
  /// The parts of a text, tokens between brackets.
  private func parts(_ text: String, _ tokens: [AddedToken]) -> [String] {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      AddedTokens(tokens).parts(of: bytes).map { part in
        let text = String(decoding: bytes[part.range], as: UTF8.self)
        return part.token == nil ? text : "[\(text)]"
      }
    }
  }

  @Test func theLongestWinsAndTheFirstOfEqualOnes() {
    let tokens = [
      AddedToken(content: "ab", token: 1), AddedToken(content: "abcd", token: 2),
      AddedToken(content: "bc", token: 3),
    ]
    #expect(parts("xabcabcdbc", tokens) == ["x", "[ab]", "c", "[abcd]", "[bc]"])
    #expect(parts("", tokens) == [])
    #expect(parts("ab", []) == ["ab"])
  }

  @Test func whiteSpaceIsTakenOnce() {
    let tokens = [
      AddedToken(content: "<l>", token: 1, stripsLeft: true),
      AddedToken(content: "<r>", token: 2, stripsRight: true),
    ]
    #expect(parts("a <r> \u{3000}<l> b", tokens) == ["a ", "[<r> \u{3000}]", "[<l>]", " b"])
    #expect(parts("  <l><l>", tokens) == ["[  <l>]", "[<l>]"])
  }

  @Test func aSingleWordHasNoWordBesideIt() {
    let tokens = [AddedToken(content: "ab", token: 1, isSingleWord: true)]
    #expect(parts("ab-ab é ab", tokens) == ["[ab]", "-", "[ab]", " é ", "[ab]"])
    #expect(parts("éab abx ab_ \u{200D}ab", tokens) == ["éab abx ab_ \u{200D}ab"])
  }
}
