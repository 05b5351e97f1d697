import Foundation
import Testing

@testable import Tokenization

@Suite struct TokenizerTests {
  private func names(_ tokens: [Int32]) -> [String] {
    tokens.map { SmallTokenizer.entries[Int($0)] }
  }

  @Test func theLowestRankMergesFirst() throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    #expect(try names(tokenizer.encode("abc ab")) == ["abc", "Ġ", "ab"])
    #expect(try names(tokenizer.encode("aaaaa")) == ["aaaa", "a"])
  }

  @Test func specialTokensAreFoundInTheText() throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    let text = "ab<|endoftext|> <|endoftext"
    #expect(try names(tokenizer.encode(text)).prefix(3) == ["ab", "<|endoftext|>", "Ġ"])
    #expect(try tokenizer.encode(text).count(where: { $0 == tokenizer.endOfText }) == 1)
    let plain = try tokenizer.encode(text, parsingSpecialTokens: false)
    #expect(!plain.contains(try #require(tokenizer.endOfText)))
    #expect(tokenizer.decode(plain) == text)
    #expect(try tokenizer.decode(tokenizer.encode(text)) == text)
  }

  @Test func tokenizerFileAndVocabularyWithMergesAgree() throws {
    let files = try SmallTokenizer().writeBoth()
    let text = "abc ab <|endoftext|> all aaaaaaaaa"
    let expected = try files.load().encode(text)
    try files.writeTokenizerFile()
    #expect(try files.load().encode(text) == expected)
    try files.writeTokenizerFile { root in
      root["model"] = [
        "type": "BPE", "vocab": SmallTokenizer.vocabulary,
        "merges": SmallTokenizer.merges.map { $0.split(separator: " ").map(String.init) },
      ]
    }
    #expect(try files.load().encode(text) == expected)
  }

  @Test func anyBytesComeBack() throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<300 {
      let alphabet: [UInt8] =
        Bool.random(using: &generator) ? Array("abcl '<|".utf8) : Array(0...255)
      let count = Int.random(in: 0..<200, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      let tokens = try bytes.withUnsafeBufferPointer { try tokenizer.encode($0) }
      #expect(tokenizer.decodeBytes(tokens) == bytes)
    }
  }

  @Test func longWordsMergeAsShortOnesDo() throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    for count in [60, 64, 65, 66, 100, 1027] {
      let tokens = try tokenizer.encode(String(repeating: "a", count: count))
      let eights = Int32(256 + 7)
      #expect(tokens.prefix(count / 8) == ArraySlice(repeating: eights, count: count / 8))
      #expect(tokenizer.decode(tokens) == String(repeating: "a", count: count))
    }
    let million = try tokenizer.encode(String(repeating: "a", count: 1_000_000))
    #expect(million.count == 125_000)
  }

  @Test func aCancelledTaskStopsBetweenWordsAndWithinALongOne() async throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    let text = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try tokenizer.encode("abc ab")
    }
    await #expect(throws: CancellationError.self) { try await text.value }
    let merges = MergeTable(capacity: 1)
    let word = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      var merging = BytePairMerging(byteTokens: Array(0..<256), merges: merges)
      try [UInt8](repeating: 97, count: 1 << 17).withUnsafeBytes { try merging.merge($0) }
    }
    await #expect(throws: CancellationError.self) { try await word.value }
  }

  @Test func numbersThatAreNoTokensDecodeToNothing() throws {
    let tokenizer = try SmallTokenizer().writeBoth().load()
    #expect(tokenizer.decode([-1, .max, .min, 97 - 33]) == tokenizer.decode([97 - 33]))
  }

  @Test(
    arguments: [
      ("pre_tokenizer", #"{"type": "Metaspace"}"#, "Metaspace"),
      ("pre_tokenizer", #"{"type": "Digits"}"#, "without ByteLevel"),
      ("pre_tokenizer", #"{"type": "Sequence", "pretokenizers": []}"#, "without ByteLevel"),
      (
        "pre_tokenizer",
        #"{"type": "Sequence", "pretokenizers": [{"type": "ByteLevel"}, {"type": "Digits"}]}"#,
        "pre_tokenizer.pretokenizers[1] is 'Digits'"
      ),
      ("normalizer", #"{"type": "BertNormalizer"}"#, "BertNormalizer"),
      (
        "normalizer",
        #"{"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Nmt"}]}"#,
        "normalizer.normalizers[1].type is 'Nmt'"
      ),
      ("normalizer", #"{"type": "Replace", "pattern": {"String": ""}, "content": "a"}"#, "found"),
      ("model", #"{"type": "Unigram"}"#, "Unigram"),
      ("model", #"{"type": "BPE", "dropout": 0.1}"#, "model.dropout"),
      ("model", #"{"type": "BPE", "end_of_word_suffix": "</w>"}"#, "'</w>'"),
      ("post_processor", #"{"type": "BertProcessing"}"#, "BertProcessing"),
      ("decoder", #"{"type": "WordPiece"}"#, "WordPiece"),
    ])
  func anotherKindOfTokenizerIsRefusedByName(_ key: String, _ json: String, _ named: String) throws
  {
    let files = try SmallTokenizer()
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    try files.writeTokenizerFile { root in root[key] = value }
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.code == .unsupported)
    #expect(error.description.contains(key))
    #expect(error.description.contains(named))
  }

  @Test(
    "what is no BPE of bytes is refused by what makes it so, not by an entry of its vocabulary",
    arguments: [
      ("null", "model.byte_fallback is true"), (#"{"type": "Whitespace"}"#, "'Whitespace'"),
      (#"{"type": "Metaspace"}"#, "'Metaspace'"),
    ])
  func anotherAlphabet(_ preTokenizer: String, _ named: String) throws {
    let files = try SmallTokenizer()
    let value = try JSONSerialization.jsonObject(
      with: Data(preTokenizer.utf8), options: .fragmentsAllowed)
    try files.writeTokenizerFile { root in
      root["pre_tokenizer"] = value
      root["decoder"] = NSNull()
      root["model"] = [
        "type": "BPE", "vocab": [" ": 0, "<0x0A>": 1], "merges": [String](),
        "byte_fallback": true,
      ]
    }
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.code == .unsupported)
    #expect(error.description.contains(named), "\(error)")
  }

  @Test("a pointer of Git LFS is named as such", arguments: ["tokenizer.json", "vocab.json"])
  func gitLFS(_ name: String) throws {
    let files = try SmallTokenizer().writeBoth()
    try Data("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 1\n".utf8).write(
      to: files.directory.appending(path: name))
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.description.hasSuffix("\(name) is a pointer of Git LFS, not the file itself"))
    #expect(error.help?.contains("git lfs pull") == true)
  }

  @Test(
    arguments: [
      ("normalizer", #"{"type": "Prepend"}"#), ("normalizer", "[]"),
      ("pre_tokenizer", #"{"type": "ByteLevel", "add_prefix_space": 1}"#),
      ("pre_tokenizer", #"{"type": "Sequence"}"#),
      ("added_tokens", #"[{"id": 265, "content": "x@", "lstrip": "yes"}]"#),
      ("added_tokens", #"[{"id": 265, "content": "x@"}, {"id": 266, "content": "x@"}]"#),
      ("added_tokens", #"[{"id": 265, "content": "ab"}]"#),
      ("added_tokens", #"[{"id": 3, "content": "x@"}]"#),
      ("post_processor", #"{"type": "TemplateProcessing", "single": 3}"#),
      (
        "post_processor",
        #"""
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "a"}},
        {"Sequence": {"id": "A"}}], "special_tokens": {"a": {"id": "a", "ids": [999999]}}}
        """#
      ),
    ])
  func aBrokenPipelineIsRefused(_ key: String, _ json: String) throws {
    let files = try SmallTokenizer()
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
    try files.writeTokenizerFile { root in root[key] = value }
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.code == .invalid)
  }

  @Test func anAddedTokenThatIsNothingWhenNormalizedIsRefused() throws {
    let files = try SmallTokenizer()
    try files.writeTokenizerFile { root in
      root["normalizer"] = ["type": "Strip", "strip_left": true, "strip_right": true]
      root["added_tokens"] = [["id": 265, "content": "  ", "normalized": true]]
    }
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.description.contains("nothing when normalized"))
  }

  @Test func onlyGPT2sWayIsWrittenAsTables() throws {
    let files = try SmallTokenizer()
    try files.writeTokenizerFile()
    #expect(try files.load().tables != nil)
    for (key, value) in [
      ("normalizer", ["type": "NFC"]),
      ("pre_tokenizer", ["type": "ByteLevel", "add_prefix_space": true]),
    ] as [(String, [String: Any])] {
      try files.writeTokenizerFile { root in root[key] = value }
      #expect(try files.load().tables == nil)
    }
  }

  @Test func aMergeOutsideTheVocabularyIsRefusedWithItsLine() throws {
    let files = try SmallTokenizer().writeBoth()
    try files.writeMerges(["a b", "z q"])
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.code == .invalid)
    #expect(error.line == 3)
    #expect(error.path.hasSuffix("merges.txt"))
  }

  @Test(arguments: ["a", "a b c", "a  b", ""])
  func aMergeThatIsNotAPairIsRefused(_ line: String) throws {
    let files = try SmallTokenizer().writeBoth()
    try files.writeMerges(["a b", line, "ab c"])
    #expect(try #require(throws: TokenizerError.self) { try files.load() }.line == 3)
  }

  @Test(arguments: ["-1", "1099511627776", "\"a\"", "3.5", "null"])
  func anEntryThatIsNoTokenIsRefused(_ json: String) throws {
    let files = try SmallTokenizer().writeBoth()
    var vocabulary: [String: Any] = SmallTokenizer.vocabulary
    vocabulary["abc"] = try JSONSerialization.jsonObject(
      with: Data(json.utf8), options: .fragmentsAllowed)
    try files.write(vocabulary, "vocab.json")
    let error = try #require(throws: TokenizerError.self) { try files.load() }
    #expect(error.description.contains("'abc'"))
  }

  @Test func aByteWithoutATokenIsLeftOutAndATakenTokenRefused() throws {
    let files = try SmallTokenizer().writeBoth()
    var vocabulary = SmallTokenizer.vocabulary
    vocabulary["q"] = nil
    try files.write(vocabulary, "vocab.json")
    #expect(try names(files.load().encode("aqbq")) == ["ab"])
    #expect(try files.load().encode(String(repeating: "q", count: 200)).isEmpty)
    try files.write(["<|endoftext|>": 0, "é\u{200B}": 1], "vocab.json")
    #expect(throws: TokenizerError.self) { try files.load() }
    vocabulary = SmallTokenizer.vocabulary
    vocabulary["abc"] = 0
    try files.write(vocabulary, "vocab.json")
    #expect(throws: TokenizerError.self) { try files.load() }
  }

  @Test func aDirectoryWithoutATokenizerIsRefused() throws {
    let error = try #require(throws: TokenizerError.self) { try SmallTokenizer().load() }
    #expect(error.code == .missing)
  }
}
