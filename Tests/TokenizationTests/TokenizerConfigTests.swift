import Foundation
import InputLimits
import SafeFiles
import Testing

@testable import Tokenization

/// `vocab.json` and `merges.txt` with configurations beside them, as `GPT2TokenizerFast` reads them.
@Suite struct TokenizerConfigTests {
  struct Config: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let config: String?
    let map: String?
    let end: Int32
    let nasty: [String]

    var testDescription: String { name }
  }

  private static let data = URL(filePath: #filePath).appending(path: "../../Fixtures/data")
    .standardized

  static let configs: [Config] =
    (try? JSONDecoder().decode(
      [Config].self,
      from: Data(contentsOf: data.appending(path: "tokenizer-kinds/configs.json")))) ?? []

  @Test("a vocabulary larger than the limit is refused")
  func limit() throws {
    let folder = try folder(nil, nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try Tokenizer(directory: folder.path)
    Limits.with([.vocabularyBytes: 100]) {
      let error = #expect(throws: TokenizerError.self) { try Tokenizer(directory: folder.path) }
      #expect("\(error as Any)".contains("--limit vocabulary-bytes=50KiB"), "\(error as Any)")
    }
  }

  private struct NastyString: Decodable {
    let text: String
  }

  private func folder(_ config: String?, _ map: String?) throws -> URL {
    let files = try SmallTokenizer()
    for name in ["vocab.json", "merges.txt"] {
      try FileManager.default.copyItem(
        at: Self.data.appending(path: "tokenizer/\(name)"),
        to: files.directory.appending(path: name))
    }
    for (name, text) in [("tokenizer_config.json", config), ("special_tokens_map.json", map)] {
      guard let text else { continue }
      try Data(text.utf8).write(to: files.directory.appending(path: name))
    }
    return files.directory
  }

  @Test(arguments: configs)
  func idsEqualThoseOfTransformers(_ config: Config) throws {
    let folder = try folder(config.config, config.map)
    defer { try? FileManager.default.removeItem(at: folder) }
    let tokenizer = try Tokenizer(directory: folder.path)
    #expect(tokenizer.endOfText == config.end)
    let nasty = try JSONDecoder().decode(
      [NastyString].self, from: Data(contentsOf: Self.data.appending(path: "tokenizer/nasty.json")))
    for (text, expected) in zip(nasty.map(\.text), config.nasty) {
      let ids = try tokenizer.encode(text, addingTemplate: true)
      var hash = ContentHash()
      ([Int32(ids.count)] + ids).map(\.littleEndian).withUnsafeBytes { hash.update($0) }
      #expect(hash.finalize().prefix(8) == expected, "\(text.debugDescription): \(ids)")
    }
  }

  /// As transformers 5 has it: `add_bos_token` and `add_eos_token` are for files without a template.
  @Test func whereTokenizerJSONIsItsTemplateCounts() throws {
    let config = #"{"add_bos_token": true, "add_eos_token": true}"#
    let folder = try folder(config, nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = Self.data.appending(path: "tokenizer/tokenizer.json")
    let ids = try Tokenizer(directory: folder.path).encode("ab the", addingTemplate: true)
    #expect(ids == [2000, 64, 65, 270, 2000])
    try FileManager.default.copyItem(at: source, to: folder.appending(path: "tokenizer.json"))
    let others = try Tokenizer(directory: folder.path).encode("ab the", addingTemplate: true)
    #expect(others == [64, 65, 270])
  }

  /// As `AutoTokenizer` of transformers has it; ids by it.
  @Test(
    arguments: [
      (nil, false, false), (nil, true, true), (#"{"add_prefix_space": true}"#, false, true),
      (#"{"add_prefix_space": false}"#, true, false), (#"{"eos_token": "the"}"#, true, false),
      (#"{"add_prefix_space": true, "tokenizer_class": "GPT2Tokenizer"}"#, false, true),
      (#"{"tokenizer_class": "GPT2TokenizerFast"}"#, true, false),
      (#"{"add_prefix_space": true, "tokenizer_class": "PreTrainedTokenizerFast"}"#, false, false),
      (#"{"add_prefix_space": false, "tokenizer_class": "PreTrainedTokenizerFast"}"#, true, true),
    ] as [(String?, Bool, Bool)])
  func thePrefixSpaceIsThatOfTheConfiguration(
    _ config: String?, _ file: Bool, _ expected: Bool
  ) throws {
    let folder = try folder(config, nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    let source = try String(
      contentsOf: Self.data.appending(path: "tokenizer/tokenizer.json"), encoding: .utf8)
    var root = try #require(
      JSONSerialization.jsonObject(with: Data(source.utf8)) as? [String: Any])
    root["pre_tokenizer"] = ["type": "ByteLevel", "add_prefix_space": file, "use_regex": true]
    try JSONSerialization.data(withJSONObject: root).write(
      to: folder.appending(path: "tokenizer.json"))
    let tokenizer = try Tokenizer(directory: folder.path)
    #expect(
      try tokenizer.encode("Hello world")
        == (expected ? [220] : []) + [39, 296, 436, 273, 271, 75, 67])
    let plain = try Tokenizer(tokenizerFile: folder.path + "/tokenizer.json")
    #expect(
      (tokenizer.sha256 == plain.sha256) == (expected == file && config?.contains("the") != true))
  }

  @Test func aFolderWithoutATokenizerSaysWhatIsMissing() throws {
    let folder = try folder(nil, nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.removeItem(at: folder.appending(path: "merges.txt"))
    let half = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder.path) }
    #expect(half.description.contains("beside vocab.json there must be merges.txt"))
    try FileManager.default.removeItem(at: folder.appending(path: "vocab.json"))
    let none = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder.path) }
    #expect(none.description.contains("neither tokenizer.json, nor vocab.json with merges.txt"))
    #expect(none.help?.contains("copy tokenizer.json") == true)
  }

  @Test func whatChangesTokensChangesTheHash() throws {
    #expect(Self.configs.count > 4)
    func sha256(_ config: String?, _ map: String? = nil) throws -> String {
      let folder = try folder(config, map)
      defer { try? FileManager.default.removeItem(at: folder) }
      return try Tokenizer(directory: folder.path).sha256
    }
    let plain = try sha256(nil)
    let config = #"{"eos_token": "<|endoftext|>", "add_prefix_space": false}"#
    #expect(try sha256(config, "{}") == plain)
    for other in [
      #"{"add_prefix_space": true}"#, #"{"eos_token": "the"}"#, #"{"add_bos_token": true}"#,
    ] {
      #expect(try sha256(other) != plain)
      #expect(try sha256(other) == sha256(other))
    }
  }

  @Test(
    arguments: [
      ("[]", "tokenizer_config.json"), (#"{"add_prefix_space": "no"}"#, "add_prefix_space"),
      (#"{"eos_token": 3}"#, "eos_token"),
      (#"{"added_tokens_decoder": []}"#, "added_tokens_decoder"),
      (#"{"added_tokens_decoder": {"x": {"content": "a"}}}"#, "'x'"),
      (#"{"added_tokens_decoder": {"2001": {}}}"#, "content"),
      (#"{"added_tokens_decoder": {"-5": {"content": "x@"}}}"#, "out of range"),
      (
        #"{"added_tokens_decoder": {"2001": {"content": "y@"}, "2002": {"content": "y@"}}}"#,
        "twice"
      ),
      (#"{"added_tokens_decoder": {"7": {"content": "y@"}}}"#, "taken"),
      (#"{"add_bos_token": true, "bos_token": "<s>"}"#, "'<s>' has no number"), ("{", "JSON"),
    ])
  func aBrokenConfigurationIsRefused(_ config: String, _ named: String) throws {
    let folder = try folder(config, nil)
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = try #require(throws: TokenizerError.self) { try Tokenizer(directory: folder.path) }
    #expect(error.description.contains(named))
  }
}
