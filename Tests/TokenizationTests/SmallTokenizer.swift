import Foundation
import Testing

@testable import Tokenization

/// A tokenizer of the 256 bytes, the given merges and `<|endoftext|>`, in a directory of its own.
struct SmallTokenizer {
  let directory: URL
  static let merges = ["a b", "ab c", "Ġ a", "Ġa b", "l l", "a a", "aa aa", "aaaa aaaa"]

  init() throws {
    directory = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  static var entries: [String] {
    ByteAlphabet.scalars.map(String.init) + merges.map { $0.split(separator: " ").joined() }
      + ["<|endoftext|>"]
  }

  static var vocabulary: [String: Int] {
    Dictionary(uniqueKeysWithValues: zip(entries, 0...))
  }

  func write(_ object: Any, _ name: String) throws {
    try JSONSerialization.data(withJSONObject: object).write(to: directory.appending(path: name))
  }

  func writeMerges(_ lines: [String]) throws {
    let text = (["#version: 0.2"] + lines + [""]).joined(separator: "\n")
    try Data(text.utf8).write(to: directory.appending(path: "merges.txt"))
  }

  func writeBoth() throws -> Self {
    try write(Self.vocabulary, "vocab.json")
    try writeMerges(Self.merges)
    return self
  }

  /// A `tokenizer.json`, changed by `edit`.
  func writeTokenizerFile(_ edit: (inout [String: Any]) -> Void = { _ in }) throws {
    var root: [String: Any] = [
      "added_tokens": [["id": 256 + Self.merges.count, "content": "<|endoftext|>"]],
      "normalizer": NSNull(),
      "pre_tokenizer": ["type": "ByteLevel", "add_prefix_space": false],
      "model": ["type": "BPE", "vocab": Self.vocabulary, "merges": Self.merges],
    ]
    edit(&root)
    try write(root, "tokenizer.json")
  }

  func load() throws -> Tokenizer { try Tokenizer(directory: directory.path) }
}
