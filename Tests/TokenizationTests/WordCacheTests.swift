import Testing

@testable import Tokenization

@Suite struct WordCacheTests {
  private func key(_ text: String, _ range: Range<Int>? = nil) -> WordKey? {
    var text = text
    return text.withUTF8 { bytes in
      WordKey(UnsafeRawBufferPointer(bytes), range ?? bytes.indices)
    }
  }

  @Test func aWordHasTheSameKeyWhereverItStands() throws {
    for count in [2, 7, 8, 9, 15, 16, 17, 22, 23] {
      let word = String("abcdefghijklmnopqrstuvwxyz".prefix(count))
      let alone = try #require(key(word))
      #expect(key("!!" + word + String(repeating: "?", count: 40), 2..<2 + count) == alone)
      #expect(key("!!" + word + "?", 2..<2 + count) == alone)
      #expect(key(word.dropLast() + "#") != alone)
      #expect(key(String(word.dropLast())) != alone)
      #expect(key(word.dropLast() + "\0") != key(String(word.dropLast())))
    }
    #expect(key(String(repeating: "a", count: 24)) == nil)
  }

  @Test func wordsGiveTheirTokensAndTooManyAreNotKept() throws {
    var cache = WordCache()
    let full = (1...Int32(WordCache.tokenLimit)).map { $0 }
    cache.insert(try #require(key("one")), [7])
    cache.insert(try #require(key("full")), full)
    cache.insert(try #require(key("more")), full + [11])
    var tokens: [Int32] = []
    #expect(cache.append(try #require(key("one")), to: &tokens))
    #expect(cache.append(try #require(key("full")), to: &tokens))
    #expect(!cache.append(try #require(key("more")), to: &tokens))
    #expect(tokens == [7] + full)
  }

  @Test func moreWordsThanPlacesAreRightOrNotKnown() throws {
    var cache = WordCache()
    for number in 0..<200_000 {
      cache.insert(try #require(key("\(number)")), [Int32(number), Int32(number) + 1])
    }
    var known = 0
    for number in 0..<200_000 {
      var tokens: [Int32] = []
      guard cache.append(try #require(key("\(number)")), to: &tokens) else { continue }
      known += 1
      #expect(tokens == [Int32(number), Int32(number) + 1])
    }
    #expect(1...1 << 15 ~= known)
  }

  @Test func knownWordsChangeNothingAndCallsMayOverlap() async throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    let text = (0..<3000).map { "abc a\($0 % 700) \($0 * 7919 % 5003)all" }.joined(separator: " ")
    let expected = try tokenizer.encode(text)
    #expect(tokenizer.decode(expected) == text)
    try await withThrowingTaskGroup(of: [Int32].self) { group in
      for _ in 0..<8 { group.addTask { try tokenizer.encode(text) } }
      for try await tokens in group { #expect(tokens == expected) }
    }
  }
}
