import InputLimits
import ModelFiles
import Paths
import Quantization
import SafeFiles
import Tokenization

/// A checkpoint of karpathy/llm.c: 256 numbers of 32 bits, then sixteen arrays, each of all layers
/// together.
///
/// Versions 1 (Float32), 3 (Float32) and 5 (BFloat16); the last two pad the vocabulary with rows that
/// mean nothing. Linear layers lie [out, in]; the head is the embedding. Source: karpathy/llm.c,
/// `train_gpt2.py: write_model`.
struct LLMCCheckpoint: Checkpoint {
  let config: GPT2Config
  private let file: MappedFile
  private let format: FloatFormat
  /// Where each tensor begins, in bytes.
  private let offsets: [String: Int]

  private static let magic: Int32 = 20_240_326
  private static let headerBytes = 256 * 4

  static func isCheckpoint(_ file: MappedFile) -> Bool {
    file.bytes.count >= 4 && number(0, of: file) == magic
  }

  init(_ file: MappedFile) throws(GPT2Error) {
    self.file = file
    do throws(ModelFileError) {
      let header = try Header(file)
      config = header.config
      format = header.format
      let (offsets, end) = header.offsets
      self.offsets = offsets
      guard end == file.bytes.count else {
        throw ModelFileError(
          .invalid, path: file.path, field: "header",
          "describes \(end) bytes, the file has \(file.bytes.count)")
      }
    } catch { throw .file(error) }
  }

  private static func number(_ index: Int, of file: MappedFile) -> Int32 {
    Int32(littleEndian: file.bytes.loadUnaligned(fromByteOffset: 4 * index, as: Int32.self))
  }

  var path: String { file.path }
  var files: [MappedFile] { [file] }

  func tensor(_ description: TensorDescription) throws(GPT2Error) -> StoredTensor {
    guard let start = offsets[description.name] else {
      throw .missingTensor(description.name, shape: description.shape, path: path)
    }
    let range = start..<start + description.elementCount * format.bits / 8
    return .floats(
      description.view(
        UnsafeRawBufferPointer(rebasing: file.bytes[range]), format: format, orientation: .outIn,
        owner: file))
  }

  func possiblyTiedHead() -> (head: StoredTensor, embedding: StoredTensor)? { nil }

  func checkThatNoneIsLeft() {}  // The size of the file leaves no room.

  var hasTokenizer: Bool { Tokenizer.isPresent(in: Self.folder(of: path)) }

  /// That of the files beside it: llm.c's own `gpt2_tokenizer.bin` has no merges.
  func tokenizer() throws(TokenizerError) -> Tokenizer? {
    try Tokenizer(directory: Self.folder(of: path))
  }

  func endTokens() -> [Int]? { nil }

  var configurationFields: JSONObject? { nil }

  func companionFiles() throws -> [(name: String, contents: [UInt8])] {
    try CompanionFiles.read(in: Self.folder(of: path))
  }

  private static func folder(of path: String) -> String {
    guard let above = path.beforeLastSlash else { return "." }
    return above.isEmpty ? "/" : String(above)
  }

  /// The numbers at the beginning.
  private struct Header {
    var config = GPT2Config()
    let format: FloatFormat
    private let embeddingRows: Int

    init(_ file: MappedFile) throws(ModelFileError) {
      guard file.bytes.count >= headerBytes else {
        throw ModelFileError(
          .invalid, path: file.path, field: "header",
          "needs \(headerBytes) bytes, the file has \(file.bytes.count)")
      }
      func size(
        _ index: Int, _ name: String, upTo limit: Limit
      ) throws(ModelFileError) -> Int {
        let size = Int(number(index, of: file))
        if let problem = limit.problem(ofSize: size) {
          throw ModelFileError(.invalid, path: file.path, field: name, problem)
        }
        return size
      }
      let version = number(1, of: file)
      guard [1, 3, 5].contains(version) else {
        throw ModelFileError(
          .unsupported, path: file.path, field: "version",
          "is \(version), only 1, 3 and 5 are read")
      }
      format = version == 5 ? .bfloat16 : .float32
      config.contextLength = try size(2, "max_seq_len", upTo: .contextLength)
      config.vocabularySize = try size(3, "vocab_size", upTo: .vocabulary)
      config.layerCount = try size(4, "num_layers", upTo: .layers)
      config.headCount = try size(5, "num_heads", upTo: .heads)
      config.width = try size(6, "channels", upTo: .width)
      config.innerWidth = 4 * config.width
      guard config.width % config.headCount == 0 else {
        throw ModelFileError(
          .invalid, path: file.path, field: "channels",
          "is \(config.width), which is no multiple of num_heads, \(config.headCount)")
      }
      embeddingRows =
        version == 1
        ? config.vocabularySize
        : try size(7, "padded_vocab_size", upTo: .vocabulary)
      guard embeddingRows >= config.vocabularySize else {
        throw ModelFileError(
          .invalid, path: file.path, field: "padded_vocab_size",
          "is \(embeddingRows), fewer than the \(config.vocabularySize) of vocab_size")
      }
    }

    /// Where each tensor begins, and where the last one ends. The limits of sizes keep it far below
    /// what 64 bits count.
    var offsets: (tensors: [String: Int], end: Int) {
      var tensors: [String: Int] = [:]
      var position = headerBytes
      func add(_ name: String, _ elements: Int) {
        tensors[name] = position
        position += elements * format.bits / 8
      }
      let (width, inner) = (config.width, config.innerWidth)
      add(GPT2Config.embeddingName, embeddingRows * width)
      add(GPT2Config.positionsName, config.contextLength * width)
      let stacked = [
        ("ln_1.weight", width), ("ln_1.bias", width),
        ("attn.c_attn.weight", 3 * width * width), ("attn.c_attn.bias", 3 * width),
        ("attn.c_proj.weight", width * width), ("attn.c_proj.bias", width),
        ("ln_2.weight", width), ("ln_2.bias", width),
        ("mlp.c_fc.weight", inner * width), ("mlp.c_fc.bias", inner),
        ("mlp.c_proj.weight", width * inner), ("mlp.c_proj.bias", width),
      ]
      for (name, elements) in stacked {
        for layer in 0..<config.layerCount { add("h.\(layer).\(name)", elements) }
      }
      add("ln_f.weight", width)
      add("ln_f.bias", width)
      return (tensors, position)
    }
  }
}
