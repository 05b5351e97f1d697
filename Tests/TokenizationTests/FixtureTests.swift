import Foundation
import Testing
import Tokenization

/// Token ids that Hugging Face's tokenizers found; see `Tests/Fixtures`.
@Suite struct FixtureTests {
  private struct Case: Decodable {
    let text: String
    let ids: [Int32]
    let gpt2_ids: [Int32]
  }

  private static let folder = URL(filePath: #filePath).appending(
    path: "../../Fixtures/data/tokenizer"
  ).standardized

  private func cases(_ file: String) throws -> [Case] {
    try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: Self.folder.appending(path: file)))
  }

  @Test(arguments: ["nasty.json", "random.json"])
  func idsEqualThoseOfHuggingFace(_ file: String) throws {
    let tokenizerFile = try Tokenizer(
      tokenizerFile: Self.folder.appending(path: "tokenizer.json").path)
    let separate = try Tokenizer(
      vocabulary: Self.folder.appending(path: "vocab.json").path,
      merges: Self.folder.appending(path: "merges.txt").path)
    for expected in try cases(file) {
      #expect(
        try tokenizerFile.encode(expected.text) == expected.ids, "\(expected.text.debugDescription)"
      )
      #expect(try separate.encode(expected.text) == expected.ids)
      #expect(separate.decode(expected.ids) == expected.text)
    }
  }

  @Test(
    .enabled(if: GPT2VocabularyTests.isPresent, "shared/data is absent"),
    arguments: ["nasty.json", "random.json"])
  func idsOfGPT2EqualThoseOfHuggingFace(_ file: String) throws {
    let tokenizer = try GPT2VocabularyTests.tokenizer()
    for expected in try cases(file) {
      #expect(
        try tokenizer.encode(expected.text) == expected.gpt2_ids,
        "\(expected.text.debugDescription)")
    }
  }
}
