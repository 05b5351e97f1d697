import InputLimits
import Paths
import SafeFiles

/// Which files of a repository make a model: its configuration, its weights, its tokenizer.
enum ModelRepository {
  static let config = "config.json"
  static let weights = "model.safetensors"
  static let index = "model.safetensors.index.json"
  static let tokenizer = "tokenizer.json"
  private static let vocabulary = ["vocab.json", "merges.txt"]
  private static let settings = [
    "tokenizer_config.json", "special_tokens_map.json", "generation_config.json",
  ]

  /// Files beside the weights, those fetched where they are there.
  static let small = [tokenizer] + vocabulary + settings

  /// The files of a model whose repository has these, without the shards that an index names.
  ///
  /// - Throws: `HubError` with `fileNotFound` where there is no configuration, or none of the weights are
  ///   ones that can be read.
  static func needed(of files: [String], in name: HubName) throws(HubError) -> [String] {
    guard files.contains(config) else {
      throw HubError(
        .fileNotFound, "'\(name.text)' has no config.json, so it is no model of transformers'",
        help: ggufHelp(files, name))
    }
    let weights = [Self.weights, Self.index].first(where: files.contains)
    guard let weights else {
      let pickled = files.contains { $0.hasPrefix("pytorch_model") && $0.hasSuffix(".bin") }
      throw HubError(
        .fileNotFound,
        "'\(name.text)' has no model.safetensors"
          + (pickled ? ": its weights are pickled, and a pickle is a program" : ""),
        help: pickled
          ? "look for a revision with safetensors, such as '\(name.repository)@refs/pr/1', or save it anew "
            + "with transformers' save_pretrained" : ggufHelp(files, name))
    }
    return [config, weights] + small.filter(files.contains)
  }

  private static func ggufHelp(_ files: [String], _ name: HubName) -> String? {
    files.sorted().first { $0.hasSuffix(".gguf") && HubName.isFile($0) }.map {
      "it has GGUF files: name one, as '\(name.text)/\($0)'"
    }
  }

  /// The shards that an index names.
  ///
  /// - Throws: `HubError` with `wrongContents`.
  static func shards(index path: String) throws(HubError) -> [String] {
    let invalid = HubError(
      .wrongContents, "\(path) is no index of safetensors files",
      help: "'quantbook download' with --force fetches it anew")
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try BoundedReader.bytes(path: path, limit: .shardIndexBytes)
    } catch { throw HubError(error) }
    guard case .object(let root)? = try? JSONReader.read(bytes),
      case .object(let map)? = root["weight_map"]
    else { throw invalid }
    var shards: Set<PathKey> = []
    for member in map.members {
      guard case .string(let shard) = member.value, HubName.isFile(shard),
        shard.hasSuffix(".safetensors")
      else { throw invalid }
      shards.insert(PathKey(shard))
    }
    return shards.sorted().map(\.text)
  }

  /// What a snapshot in the cache lacks of a model; empty where it can be used as it is.
  ///
  /// The tokenizer counts as there also where the repository is known to have none.
  static func missing(in cache: HubCache, at commit: String) -> [String] {
    func isThere(_ file: String) -> Bool {
      if case .present = cache.entry(file, at: commit) { true } else { false }
    }
    var missing = isThere(config) ? [] : [config]
    if case .present(let path) = cache.entry(index, at: commit), !isThere(weights) {
      missing += ((try? shards(index: path)) ?? [weights]).filter { !isThere($0) }
    } else if !isThere(weights) {
      missing.append(weights)
    }
    let isKnown =
      isThere(tokenizer) || vocabulary.allSatisfy(isThere)
      || ([tokenizer] + vocabulary).allSatisfy { cache.entry($0, at: commit) != .unknown }
    if !isKnown { missing.append(tokenizer) }
    return missing
  }
}
