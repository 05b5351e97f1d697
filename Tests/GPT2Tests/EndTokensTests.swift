import Foundation
import GPT2
import InputLimits
import ModelFiles
import SafeFiles
import Testing
import Tokenization

/// Which tokens end what a model writes, and what a GGUF file keeps of the tokens that have a part.
@Suite final class EndTokensTests {
  private static let gguf =
    Fixture.folder.deletingLastPathComponent().path + "/gguf/mixed.gguf"
  private let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    .path

  /// A model with a tokenizer of 2001 tokens, of which the last is `<|endoftext|>`.
  init() throws {
    try GPT2Model.load(path: Self.gguf).write(
      directory: folder, as: GPT2Model.DirectoryExport())
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ text: String, _ name: String) throws {
    try AtomicWrite.write(text, to: "\(folder)/\(name)")
  }

  /// `config.json` with another `eos_token_id`; nil for none.
  private func setConfig(_ value: JSONValue?) throws {
    var fields = try ModelConfigFile(path: folder + "/config.json").root
    fields["eos_token_id"] = value
    try write(JSONValue.object(fields).indentedText, "config.json")
  }

  private func ends() throws -> Set<Int32> {
    let model = try GPT2Model.load(path: folder)
    return try model.endTokens(of: try #require(try model.tokenizer()))
  }

  @Test("generation_config.json counts before config.json, and that before the tokenizer")
  func order() throws {
    #expect(try ends() == [2000])
    try setConfig(nil)
    #expect(try ends() == [2000])
    try setConfig(.integer(7))
    #expect(try ends() == [7])
    try setConfig(.null)
    #expect(try ends() == [])
    try write(#"{"eos_token_id": [5, 6]}"#, "generation_config.json")
    #expect(try ends() == [5, 6])
    try write(#"{"eos_token_id": 8}"#, "generation_config.json")
    #expect(try ends() == [8])
    // As transformers has it: the file alone counts.
    try write(#"{"do_sample": true}"#, "generation_config.json")
    #expect(try ends() == [])
  }

  @Test(
    "what is no token is refused by name, and a number that is none ends nothing",
    arguments: [
      #""2""#, "[1, null]", "1.5", "{}",
      "[\(Array(repeating: "1", count: 1001).joined(separator: ","))]",
    ])
  func mistakes(_ value: String) throws {
    try write("{\"eos_token_id\": \(value)}", "generation_config.json")
    let error = #expect(throws: GPT2Error.self) { try ends() }
    #expect("\(error as Any)".contains("generation_config.json"))
    #expect("\(error as Any)".contains("eos_token_id"))
    try write("{\"eos_token_id\": [-1, 99999999999]}", "generation_config.json")
    #expect(try ends() == [-1])
  }

  @Test("a continuation ends at any of them")
  func continuation() throws {
    let model = try GPT2Model.load(path: folder)
    let whole = try GPT2Session(model).generate(after: [1, 2, 3], count: 8)
    let end = whole.tokens[3]
    try write("{\"eos_token_id\": [1999, \(end)]}", "generation_config.json")
    let ended = try GPT2Session(model).generate(after: [1, 2, 3], count: 8, endingAt: ends())
    #expect(ended.end == .endOfText)
    #expect(ended.tokens == Array(whole.tokens.prefix { $0 != end }))
  }

  @Test("a GGUF file has the tokens' parts and the template, and gives both back")
  func ggufRoles() throws {
    guard
      case .object(var vocabulary) = try JSONReader.read(
        BoundedReader.bytes(path: folder + "/vocab.json", limit: .vocabularyBytes))
    else { throw CocoaError(.coderInvalidValue) }
    for (index, name) in ["<s>", "</s>", "<unk>", "<pad>"].enumerated() {
      vocabulary[name] = .integer(2001 + index)
    }
    try write(JSONValue.object(vocabulary).indentedText, "vocab.json")
    let config: [String: Any] = [
      "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
      "add_bos_token": true,
    ]
    try write(
      String(decoding: try JSONSerialization.data(withJSONObject: config), as: UTF8.self),
      "tokenizer_config.json")
    let source = try GPT2Model.load(path: folder)
    let tokenizer = try #require(try source.tokenizer())
    let roles = TokenRoles(beginning: 2001, end: 2002, unknown: 2003, padding: 2004)
    #expect(tokenizer.roles == roles)
    let path = folder + "/out.gguf"
    try source.write(gguf: path, as: .f32)
    let settings = try GGUF(try MappedFile(path: path)).settings
    for (name, token) in [
      ("bos_token_id", 2001), ("eos_token_id", 2002), ("unknown_token_id", 2003),
      ("padding_token_id", 2004),
    ] {
      guard case .integer(token)? = settings["tokenizer.ggml.\(name)"] else {
        Issue.record("\(name)")
        continue
      }
    }
    guard case .boolean(true)? = settings["tokenizer.ggml.add_bos_token"] else {
      Issue.record("add_bos_token")
      return
    }
    let model = try GPT2Model.load(path: path)
    let read = try #require(try model.tokenizer())
    #expect(read.roles == roles)
    #expect(try model.endTokens(of: read) == [2002])
    let text = "ab the"
    let expected = try tokenizer.encode(text, addingTemplate: true)
    #expect(expected.first == 2001)
    #expect(try read.encode(text, addingTemplate: true) == expected)
    // Eight types fewer than tokens.
    var file = try Data(contentsOf: URL(filePath: path))
    let key = try #require(file.range(of: Data("tokenizer.ggml.token_type".utf8)))
    let count = key.upperBound + 8
    let types = file[count..<count + 8].enumerated().reduce(0) {
      $0 | Int($1.element) << (8 * $1.offset)
    }
    file.replaceSubrange(
      count..<count + 8, with: withUnsafeBytes(of: UInt64(types - 8).littleEndian) { Data($0) })
    file.removeSubrange(count + 8..<count + 40)
    try file.write(to: URL(filePath: folder + "/short.gguf"))
    let short = try GPT2Model.load(path: folder + "/short.gguf")
    let error = #expect(throws: TokenizerError.self) {
      try short.write(directory: folder + "/none", as: GPT2Model.DirectoryExport())
    }
    #expect(error?.description.contains("types for \(types) tokens") == true)
    // And back into a folder.
    try model.write(directory: folder + "/back", as: GPT2Model.DirectoryExport())
    let back = try GPT2Model.load(path: folder + "/back")
    let again = try #require(try back.tokenizer())
    #expect(again.roles == roles)
    #expect(try again.encode(text, addingTemplate: true) == expected)
    #expect(try back.endTokens(of: again) == [2002])
  }

  @Test("a tokenizer that was put beside a model without one stays when it is written again")
  func tokenizerBeside() throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: folder)
    where !["config.json", "model.safetensors"].contains(name) {
      try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
    }
    try write("{}", "generation_config.json")
    let model = try GPT2Model.load(path: folder)
    var export = GPT2Model.DirectoryExport()
    export.replaces = true
    try AtomicWrite.makeDirectory(folder + "/copy")
    try write("{}", "copy/vocab.json")
    try model.write(directory: folder + "/copy", as: export)
    #expect(DirectoryListing.exists(folder + "/copy/vocab.json"))
    #expect(DirectoryListing.exists(folder + "/copy/generation_config.json"))
  }

  @Test("what the tokenizer's files do not name, config.json may")
  func configuredRoles() throws {
    try write(#"{"tokenizer_class": "PreTrainedTokenizerFast"}"#, "tokenizer_config.json")
    var fields = try ModelConfigFile(path: folder + "/config.json").root
    fields["bos_token_id"] = .integer(7)
    fields["eos_token_id"] = .integer(8)
    fields["pad_token_id"] = .integer(99_999)
    try write(JSONValue.object(fields).indentedText, "config.json")
    try GPT2Model.load(path: folder).write(gguf: folder + "/out.gguf", as: .f32)
    let roles = try #require(try GPT2Model.load(path: folder + "/out.gguf").tokenizer()).roles
    #expect(roles == TokenRoles(beginning: 7, end: 2000))
  }

  @Test("what transformers takes by custom where the files say nothing, or null")
  func custom() throws {
    func roles(_ config: String) throws -> TokenRoles {
      try write(config, "tokenizer_config.json")
      return try Tokenizer(directory: folder).roles
    }
    #expect(try roles("{}") == TokenRoles(beginning: 2000, end: 2000, unknown: 2000))
    #expect(try roles(#"{"bos_token": null}"#).beginning == nil)
    #expect(
      try roles(#"{"tokenizer_class": "PreTrainedTokenizerFast"}"#) == TokenRoles(end: 2000))
  }
}
