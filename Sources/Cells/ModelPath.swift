import Foundation

/// A path that a model is read from: a folder in Hugging Face's layout, or a file of another format.
enum ModelPath {
  /// Whether the path leads to a file.
  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && !isFolder.boolValue
  }

  /// Paths of the files that a model and its tokenizer are read from, sorted; none where there is
  /// nothing at the path.
  static func files(at path: String) -> [String] {
    guard isFile(path) else { return files(of: path).map { "\(path)/\($0)" } }
    // A GGUF file has its tokenizer within it.
    guard path.hasSuffix(".bin") else { return [path] }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    return [path]
      + names(in: folder).intersection(tokenizerFiles).sorted().map { "\(folder)/\($0)" }
  }

  /// Whether a file that a model is read from holds weights.
  static func isWeights(_ name: String) -> Bool {
    [".safetensors", ".gguf", ".bin"].contains { name.hasSuffix($0) }
  }

  static func name(of path: String) -> String { URL(fileURLWithPath: path).lastPathComponent }

  private static let tokenizerFiles: Set<String> = ["tokenizer.json", "vocab.json", "merges.txt"]

  private static func names(in folder: String) -> Set<String> {
    Set((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
  }

  /// Names of the files of a folder in Hugging Face's layout, sorted.
  private static func files(of folder: String) -> [String] {
    let names = names(in: folder)
    var files = names.intersection(
      tokenizerFiles.union([
        "config.json", "generation_config.json", "tokenizer_config.json", "special_tokens_map.json",
      ]))
    if names.contains("model.safetensors") {
      files.insert("model.safetensors")
    } else {
      files.formUnion(
        names.filter { $0.hasSuffix(".safetensors") || $0.hasSuffix(".safetensors.index.json") })
    }
    return files.sorted()
  }
}
