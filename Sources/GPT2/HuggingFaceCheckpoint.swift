import ModelFiles
import Quantization
import SafeFiles
import Tokenization

/// A directory in Hugging Face's layout: `config.json` and safetensors, whole or in shards.
///
/// Names may begin with `transformer.`; the masks `attn.bias` and `attn.masked_bias` of older files
/// are passed over. Linear layers may be quantized as bitsandbytes stores them.
struct HuggingFaceCheckpoint: Checkpoint {
  let config: GPT2Config
  private let configuration: ModelConfigFile
  private let directory: String
  private let weights: ModelWeights
  private let prefix: String
  /// LLM.int8()'s, by `quantization_config`.
  private let outlierThreshold: Float

  init(directory: String) throws(GPT2Error) {
    self.directory = directory
    do throws(ModelFileError) {
      try Self.checkThatNoneIsMissing(in: directory)
      let file = try ModelConfigFile(path: directory + "/config.json")
      var config = try GPT2Config(file)
      configuration = file
      outlierThreshold = try Self.outlierThreshold(file)
      weights = try ModelWeights(directory: directory)
      let isPrefixed = weights[GPT2Config.namePrefix + GPT2Config.embeddingName] != nil
      prefix = isPrefixed ? GPT2Config.namePrefix : ""
      if config.tiesHead, let head = weights[GPT2Config.headName]?.entry,
        let embedding = weights[prefix + GPT2Config.embeddingName]?.entry
      {
        config.tiesHead = head.type == embedding.type && head.shape == embedding.shape
      }
      self.config = config
    } catch { throw .file(error) }
  }

  /// Tells of a folder without a configuration all that it lacks, and what may be meant in its place.
  private static func checkThatNoneIsMissing(in directory: String) throws(ModelFileError) {
    let names = DirectoryListing.names(in: directory).sorted()
    guard FileListing.isFolder(directory), !names.contains("config.json") else { return }
    var missing = ["config.json"]
    if !names.contains(where: { $0.hasSuffix(".safetensors") }) {
      missing.append("model.safetensors")
    }
    if !Tokenizer.isPresent(in: directory) {
      missing.append("tokenizer.json (or vocab.json with merges.txt)")
    }
    let others = names.filter { $0.hasSuffix(".gguf") || $0.hasSuffix(".bin") }
    let inner = names.first { DirectoryListing.exists("\(directory)/\($0)/config.json") }
    let help =
      if let other = others.first {
        "give the file instead of its folder: \(directory)/\(other)"
      } else if let inner {
        "a folder in it has one: \(directory)/\(inner)"
      } else {
        "transformers' save_pretrained writes them, of the model and of its tokenizer; a checkpoint's weights "
          + "alone need the config.json of the model that was trained, such as 'quantbook download gpt2' fetches"
      }
    throw ModelFileError(
      .missing, path: directory, "is no model: it lacks " + missing.joined(separator: ", "),
      help: help)
  }

  /// What `quantization_config` says of LLM.int8(). How layers are stored, their tensors say.
  private static func outlierThreshold(_ file: ModelConfigFile) throws(ModelFileError) -> Float {
    let field = "quantization_config"
    let usual: Float = 6
    guard let value = file[field], value != .null else { return usual }
    guard case .object(let quantization) = value else {
      throw ModelFileError(
        .invalid, path: file.path, field: field, "must be an object, not \(value.kind)")
    }
    guard quantization["quant_method"] == .string("bitsandbytes") else {
      var found = "missing"
      if case .string(let method)? = quantization["quant_method"] {
        found = "'\(method.prefix(40))'"
      }
      throw ModelFileError(
        .unsupported, path: file.path, field: field + ".quant_method",
        "is \(found), only 'bitsandbytes' is read")
    }
    let threshold: Double
    switch quantization["llm_int8_threshold"] {
    case nil: return usual
    case .integer(let number)?: threshold = Double(number)
    case .number(let number)?: threshold = number
    default: threshold = -1
    }
    guard 0...1e6 ~= threshold else {
      throw ModelFileError(
        .invalid, path: file.path, field: field + ".llm_int8_threshold",
        "must be a number from 0 to 1000000")
    }
    return Float(threshold)
  }

  var path: String { weights.path }
  var files: [MappedFile] { weights.files }

  var hasTokenizer: Bool { Tokenizer.isPresent(in: directory) }

  func tokenizer() throws(TokenizerError) -> Tokenizer? { try Tokenizer(directory: directory) }

  var configurationFields: JSONObject? { configuration.root }

  func endTokens() throws(ModelFileError) -> [Int]? {
    try EndTokens.read(in: directory, configuration)
  }

  func companionFiles() throws -> [(name: String, contents: [UInt8])] {
    try CompanionFiles.read(in: directory)
  }

  func tensor(_ description: TensorDescription) throws(GPT2Error) -> StoredTensor {
    let name = nameInFiles(description)
    guard let found = weights[name] else {
      throw .missingTensor(name, shape: description.shape, path: weights.path)
    }
    if case .linear = description.kind {
      do throws(ModelFileError) {
        let layer = try BitsandbytesLayer(
          name, rows: description.rows, columns: description.columns, in: weights,
          outlierThreshold: outlierThreshold)
        if let layer { return .quantized(layer) }
      } catch { throw .file(error) }
    }
    guard found.entry.shape == description.shape else {
      throw .wrongShape(
        name, expected: description.shape, found: found.entry.shape, path: found.file.path)
    }
    return .floats(
      description.view(found.bytes, format: try Self.format(of: found), owner: found.file))
  }

  func possiblyTiedHead() throws(GPT2Error) -> (head: StoredTensor, embedding: StoredTensor)? {
    guard let head = weights[GPT2Config.headName],
      let embedding = weights[prefix + GPT2Config.embeddingName]
    else { return nil }
    func stored(_ tensor: ModelWeights.Tensor) throws(GPT2Error) -> StoredTensor {
      .floats(
        MatrixView(
          tensor.bytes, rows: 1, columns: tensor.entry.elementCount, orientation: .outIn,
          format: try Self.format(of: tensor), owner: tensor.file))
    }
    return (try stored(head), try stored(embedding))
  }

  func checkThatNoneIsLeft() throws(GPT2Error) {
    var expected: Set<String> = []
    for description in config.tensors {
      let name = nameInFiles(description)
      expected.insert(name)
      if case .linear = description.kind {
        expected.formUnion(BitsandbytesLayer.constants(of: name, in: weights))
      }
    }
    for name in weights.names where !expected.contains(name) && !isPassedOver(name) {
      guard let found = weights[name] else { continue }
      throw .unexpectedTensor(name, shape: found.entry.shape, path: found.file.path)
    }
  }

  private func nameInFiles(_ description: TensorDescription) -> String {
    config.nameInFiles(description.name, prefix: prefix)
  }

  /// The causal masks that old versions of transformers saved, heads for other tasks, and a head that may be
  /// the embedding.
  private func isPassedOver(_ name: String) -> Bool {
    if GPT2Config.isOfOtherHead(name) { return true }
    if name == GPT2Config.headName { return config.tiesHead }
    return name.hasPrefix(prefix) && config.isMask(String(name.dropFirst(prefix.count)))
  }

  private static func format(of found: ModelWeights.Tensor) throws(GPT2Error) -> FloatFormat {
    switch found.entry.type {
    case .float32: .float32
    case .float16: .float16
    case .bfloat16: .bfloat16
    default:
      throw .wrongType(
        found.entry.name, found: found.entry.type.rawValue, path: found.file.path)
    }
  }
}
