import Foundation
import Testing
import Tokenization

/// With OpenAI's own vocabulary, where the folder `shared/data` stands beside the checkout.
@Suite struct GPT2VocabularyTests {
  static let data = URL(filePath: #filePath).appending(path: "../../../../shared/data").standardized
  static let isPresent = FileManager.default.fileExists(
    atPath: data.appending(path: "gpt2-tokenizer/encoder.json").path)

  static func tokenizer() throws -> Tokenizer {
    try Tokenizer(
      vocabulary: data.appending(path: "gpt2-tokenizer/encoder.json").path,
      merges: data.appending(path: "gpt2-tokenizer/vocab.bpe").path)
  }

  @Test(.enabled(if: isPresent, "shared/data is absent"))
  func helloWorld() throws {
    let tokenizer = try Self.tokenizer()
    #expect(tokenizer.vocabularySize == 50257)
    #expect(tokenizer.endOfText == 50256)
    #expect(try tokenizer.encode("Hello world") == [15496, 995])
  }

  @Test(.enabled(if: isPresent, "shared/data is absent"))
  func wikiText2HasTheTokensThatHuggingFaceFinds() throws {
    let tokenizer = try Self.tokenizer()
    let text = try Data(contentsOf: Self.data.appending(path: "wikitext-2/wiki.test.raw"))
    let tokens = try text.withUnsafeBytes {
      try tokenizer.encode($0.bindMemory(to: UInt8.self))
    }
    #expect(tokens.count == 286_221)
    #expect(tokens.prefix(12) == [220, 198, 796, 5199, 347, 2852, 353, 796, 220, 198, 220, 198])
    #expect(tokens.reduce(0) { $0 + Int($1) } == 1_471_478_031)
    #expect(tokenizer.decodeBytes(tokens) == Array(text))
  }
}
