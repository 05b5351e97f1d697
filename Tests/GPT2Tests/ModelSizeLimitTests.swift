import Foundation
import InputLimits
import ModelFiles
import Testing

@testable import GPT2

@Suite struct ModelSizeLimitTests {
  static let sizes: [(Limit, field: String)] = [
    (.vocabulary, "vocab_size"), (.contextLength, "n_positions"), (.width, "n_embd"),
    (.layers, "n_layer"), (.heads, "n_head"), (.innerWidth, "n_inner"),
  ]

  @Test("a size beyond its limit is refused, by the name of its field", arguments: sizes)
  func refused(_ limit: Limit, _ field: String) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = folder.appending(path: "config.json").path
    let json =
      #"{"model_type":"gpt2","vocab_size":8,"n_positions":8,"n_embd":8,"n_layer":8,"n_head":8,"n_inner":8}"#
    try Data(json.utf8).write(to: URL(filePath: path))
    try Limits.with([limit: 8]) { _ = try GPT2Config(path: path) }
    Limits.with([limit: 7]) {
      let error = #expect(throws: ModelFileError.self) { try GPT2Config(path: path) }
      #expect(error?.field == field)
      #expect(
        error?.description.contains("from 1 to 7, not 8 (--limit \(limit.name)=14 allows it)")
          == true)
    }
    Limits.with([.configurationBytes: 20]) {
      let error = #expect(throws: ModelFileError.self) { try GPT2Config(path: path) }
      #expect(error?.description.contains("--limit configuration-bytes=160 allows it") == true)
    }
  }
}
