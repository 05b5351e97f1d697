import InputLimits
import ModelFiles
import SafeFiles
import Tokenization

/// The files that a model is loaded from, of any format, with their headers checked.
protocol Checkpoint: Sendable {
  /// The file, or the index of the files, that the tensors were found by.
  var path: String { get }
  /// Every file of weights, by path.
  var files: [MappedFile] { get }
  /// The shape of the model. Its head is tied where the headers do not show another.
  var config: GPT2Config { get }

  /// What the files have for a tensor of `config`, in its shape by the header.
  ///
  /// - Throws: `GPT2Error` where it is missing, or is not such a tensor.
  func tensor(_ description: TensorDescription) throws(GPT2Error) -> StoredTensor

  /// The head and the embedding where the files have both, though they may be the same.
  func possiblyTiedHead() throws(GPT2Error) -> (head: StoredTensor, embedding: StoredTensor)?

  /// Throws for a tensor that a model of this shape has no place for.
  func checkThatNoneIsLeft() throws(GPT2Error)

  /// Whether there is a tokenizer within the files or beside them; it may be damaged.
  var hasTokenizer: Bool { get }

  /// The tokenizer within the files or beside them; nil for a format that has one within, and is
  /// without.
  func tokenizer() throws(TokenizerError) -> Tokenizer?

  /// The tokens that end what the model writes, by its files; nil where they do not say, and its tokenizer's
  /// counts.
  func endTokens() throws(ModelFileError) -> [Int]?

  /// The fields of the configuration that it was read from, in Hugging Face's names; nil where it was
  /// none.
  var configurationFields: JSONObject? { get }

  /// The files of Hugging Face's layout that are neither weights nor their configuration, for a copy of
  /// the model.
  func companionFiles() throws -> [(name: String, contents: [UInt8])]
}

extension Checkpoint {
  /// Whether the files have all tensors of the configuration and no others; no weight is read.
  func check() throws(GPT2Error) {
    guard config.parameterCount <= GPT2Config.parameterLimit else {
      throw .tooLarge(parameters: config.parameterCount)
    }
    for description in config.tensors { _ = try tensor(description) }
    try checkThatNoneIsLeft()
  }

  /// The shape of the model, whose head is tied only if that in the files equals the embedding
  /// (transformers 5 does not tie it else either). Reads both.
  func settledConfig() throws(GPT2Error) -> GPT2Config {
    var config = config
    if config.tiesHead, let (head, embedding) = try possiblyTiedHead() {
      config.tiesHead = head.isEqual(to: embedding)
    }
    return config
  }

  /// SHA-256 of the weights: of the file, or of the digests of the shards in order of their names.
  /// Reads every byte that `hashes` does not remember.
  func sha256(by hashes: FileHashes) throws(CancellationError) -> String {
    if files.count == 1 { return try hashes.sha256(of: files[0]) }
    var hash = ContentHash()
    for file in files { hash.update(try hashes.sha256(of: file)) }
    return hash.finalize()
  }
}

/// Files of a directory in Hugging Face's layout that belong to a model besides its weights.
enum CompanionFiles {
  static let names = [
    "tokenizer.json", "vocab.json", "merges.txt", "tokenizer_config.json",
    "special_tokens_map.json",
    "added_tokens.json", "generation_config.json",
  ]

  static func read(
    in directory: String
  ) throws(FileError) -> [(name: String, contents: [UInt8])] {
    let present = Set(DirectoryListing.names(in: directory))
    var files: [(name: String, contents: [UInt8])] = []
    for name in names where present.contains(name) {
      files.append(
        (
          name,
          try BoundedReader.bytes(path: "\(directory)/\(name)", limit: .vocabularyBytes)
        ))
    }
    return files
  }
}

/// Opens the checkpoint at a path.
enum CheckpointFormat {
  /// A directory in Hugging Face's layout, a GGUF file, or a checkpoint of llm.c.
  ///
  /// - Throws: `GPT2Error` naming the file and what is wrong in it.
  static func open(_ path: String) throws(GPT2Error) -> any Checkpoint {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path: path) } catch {
      // A directory, or nothing at all.
      guard error.code == .notAFile || error.code == .missing else {
        throw .file(ModelFileError(.file(error), path: path))
      }
      return try HuggingFaceCheckpoint(directory: path)
    }
    guard !GitLFSPointer.isOne(file.bytes) else {
      throw .file(
        ModelFileError(
          .unsupported, path: path, GitLFSPointer.description, help: GitLFSPointer.help))
    }
    if GGUF.isGGUF(file) { return try GGUFCheckpoint(file) }
    if LLMCCheckpoint.isCheckpoint(file) { return try LLMCCheckpoint(file) }
    let isPickle = path.hasSuffix(".bin") || path.hasSuffix(".pt") || path.hasSuffix(".pth")
    throw .file(
      ModelFileError(
        .unsupported, path: path,
        "is no GGUF file and no checkpoint of llm.c"
          + (isPickle ? "; PyTorch's pickles are programs and not read" : ""),
        help: path.hasSuffix(".safetensors")
          ? "give its folder, which has config.json as well"
          : "give a folder with config.json and model.safetensors, a .gguf file, or llm.c's .bin"))
  }
}
