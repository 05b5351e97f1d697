import Foundation

/// A folder in Hugging Face's layout.
enum ModelFolder {
  /// Names of the files in it that a model and its tokenizer are read from, sorted; none where there is
  /// no such folder.
  static func files(of folder: String) -> [String] {
    let names = Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    var files = names.intersection([
      "config.json", "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json",
      "special_tokens_map.json",
    ])
    if names.contains("model.safetensors") {
      files.insert("model.safetensors")
    } else {
      files.formUnion(
        names.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".safetensors.index.json") })
    }
    return files.sorted()
  }
}
