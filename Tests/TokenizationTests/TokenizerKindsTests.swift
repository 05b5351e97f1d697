import Foundation
import SafeFiles
import Testing

@testable import Tokenization

/// Kinds of tokenizers with the ids that Hugging Face's tokenizers found; see `Tests/Fixtures`.
@Suite struct TokenizerKindsTests {
  struct Kind: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let changes: String
    let nasty: [String]
    let generated: [String]
    let decoded: [String]

    var testDescription: String { name }
  }

  private static let folder = URL(filePath: #filePath).appending(path: "../../Fixtures/data")
    .standardized

  private static func data(_ path: String) throws -> Data {
    try Data(contentsOf: folder.appending(path: path))
  }

  static let kinds: [Kind] =
    (try? JSONDecoder().decode([Kind].self, from: data("tokenizer-kinds/kinds.json"))) ?? []

  private struct NastyString: Decodable {
    let text: String
  }

  private static let nasty = Result {
    try JSONDecoder().decode([NastyString].self, from: data("tokenizer/nasty.json")).map(\.text)
  }

  /// The strings of `generated()` in `tokenizer_kinds.py`, by SplitMix64.
  private static let generated = Result {
    let pools = try JSONDecoder().decode(
      [[String]].self, from: data("tokenizer-kinds/fragments.json"))
    var state: UInt64 = 8
    func draw(_ bound: Int) -> Int {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      return Int((z ^ z >> 31) % UInt64(bound))
    }
    return (0..<10_000).map { _ in
      let chosen = [pools[0], pools[0], pools[draw(pools.count)], pools[draw(pools.count)]]
      var text = ""
      for _ in 0...draw(24) {
        let pool = chosen[draw(4)]
        text += pool[draw(pool.count)]
      }
      return text
    }
  }

  private func tokenizer(_ kind: Kind) throws -> Tokenizer {
    func object(_ data: Data) throws -> [String: Any] {
      try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }
    let changes = try object(Data(kind.changes.utf8))
    var root = try object(Self.data("tokenizer/tokenizer.json"))
    var model = try #require(root["model"] as? [String: Any])
    root.merge(changes) { $1 }
    var changed = changes["model"] as? [String: Any] ?? [:]
    if changed.removeValue(forKey: "incomplete") != nil {
      root["added_tokens"] = [Any]()
      model = try object(Self.data("tokenizer-kinds/incomplete.json"))
    }
    root["model"] = model.merging(changed) { $1 }
    let file = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID()).json")
    defer { try? FileManager.default.removeItem(at: file) }
    try JSONSerialization.data(withJSONObject: root).write(to: file)
    return try Tokenizer(tokenizerFile: file.path)
  }

  private func hash(_ lists: some Sequence<[Int32]>) -> String {
    var hash = ContentHash()
    for ids in lists {
      ([Int32(ids.count)] + ids).map(\.littleEndian).withUnsafeBytes { hash.update($0) }
    }
    return String(hash.finalize().prefix(8))
  }

  @Test func thereAreKinds() throws {
    #expect(Self.kinds.count > 40)
    #expect(try Self.generated.get().count == 10_000)
  }

  @Test(arguments: kinds)
  func idsEqualThoseOfHuggingFace(_ kind: Kind) throws {
    let tokenizer = try tokenizer(kind)
    for (text, expected) in zip(try Self.nasty.get(), kind.nasty) {
      let ids = try tokenizer.encode(text, addingTemplate: true)
      #expect(hash([ids]) == expected, "\(text.debugDescription): \(ids)")
    }
    let texts = try Self.generated.get()
    #if DEBUG  // Unoptimised, a tenth of them.
      let thousands = 1
    #else
      let thousands = 10
    #endif
    for thousand in 0..<thousands {
      var decoded = ContentHash()
      for block in thousand * 10..<(thousand + 1) * 10 {
        let ids = try texts[block * 100..<(block + 1) * 100].map {
          try tokenizer.encode($0, addingTemplate: true)
        }
        #expect(hash(ids) == kind.generated[block], "strings from \(block * 100)")
        for ids in ids {
          Array(tokenizer.decode(ids).utf8).withUnsafeBytes { decoded.update($0) }
        }
      }
      #expect(decoded.finalize().prefix(8) == kind.decoded[thousand])
    }
  }
}
