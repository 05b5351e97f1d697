import ModelFiles
import Quantization
import SafeFiles
import Tokenization

/// A GGUF file of the architecture `gpt2`, as llama.cpp's `convert_hf_to_gguf.py` makes it: linear
/// layers lie [out, in], and the head is the embedding where there is no `output.weight`.
struct GGUFCheckpoint: Checkpoint {
  let config: GPT2Config
  private let gguf: GGUF

  init(_ file: MappedFile) throws(GPT2Error) {
    do throws(ModelFileError) {
      gguf = try GGUF(file)
      config = try GPT2Config(gguf)
    } catch { throw .file(error) }
  }

  var path: String { gguf.file.path }
  var files: [MappedFile] { [gguf.file] }

  func tensor(_ description: TensorDescription) throws(GPT2Error) -> StoredTensor {
    let name = GGUFNames.name(of: description.name)
    let shape =
      description.isVector ? description.shape : [description.rows, description.columns]
    guard let found = gguf[name] else { throw .missingTensor(name, shape: shape, path: path) }
    guard found.shape == shape else {
      throw .wrongShape(name, expected: shape, found: found.shape, path: path)
    }
    if let format = found.type.floatFormat {
      return .floats(
        description.view(
          gguf.bytes(of: found), format: format, orientation: .outIn, owner: gguf.file))
    }
    guard let format = AllBlockFormats.named(found.type.name) else {
      let known = ["F32", "F16", "BF16"] + AllBlockFormats.all.map { $0.name }
      throw .file(
        ModelFileError(
          .unsupported, path: path, field: "tensor '\(name)'",
          "holds \(found.type.name), which is not computed; known: "
            + known.joined(separator: ", ")))
    }
    return .blocks(
      StoredBlocks(
        name: description.name, format: format, rows: description.rows,
        columns: description.columns, range: found.byteRange, file: gguf.file))
  }

  func possiblyTiedHead() throws(GPT2Error) -> (head: StoredTensor, embedding: StoredTensor)? {
    guard gguf[GGUFNames.name(of: GPT2Config.headName)] != nil else { return nil }
    var untied = config
    untied.tiesHead = false
    guard let head = untied.tensors.last, let embedding = untied.tensors.first else { return nil }
    return (try tensor(head), try tensor(embedding))
  }

  func checkThatNoneIsLeft() throws(GPT2Error) {
    var expected = Set(config.tensors.map { GGUFNames.name(of: $0.name) })
    expected.insert(GGUFNames.name(of: GPT2Config.headName))
    for tensor in gguf.tensors where !expected.contains(tensor.name) {
      throw .unexpectedTensor(tensor.name, shape: tensor.shape, path: path)
    }
  }

  var hasTokenizer: Bool { gguf.settings["tokenizer.ggml.model"] != nil }

  func tokenizer() throws(TokenizerError) -> Tokenizer? {
    guard let tables = try tokenizerTables() else { return nil }
    return try Tokenizer(tables, path: path)
  }

  var configurationFields: JSONObject? { nil }

  /// The tokenizer as `vocab.json` and `merges.txt`.
  func companionFiles() throws -> [(name: String, contents: [UInt8])] {
    guard let tables = try tokenizerTables() else { return [] }
    var vocabulary = ""
    for (token, (text, kind)) in zip(tables.tokens, tables.kinds).enumerated()
    where kind != .unused {
      vocabulary += (vocabulary.isEmpty ? "{" : ", ") + "\(JSONValue.quoted(text)): \(token)"
    }
    let merges = "#version: 0.2\n" + tables.merges.map { $0 + "\n" }.joined()
    return [
      ("vocab.json", Array((vocabulary + "}").utf8)), ("merges.txt", Array(merges.utf8)),
    ]
  }

  /// The tokenizer's lists; nil where the file has none.
  func tokenizerTables() throws(TokenizerError) -> TokenizerTables? {
    do throws(ModelFileError) {
      guard let model = try gguf.string("tokenizer.ggml.model") else { return nil }
      guard model == "gpt2" else {
        throw refusal("tokenizer.ggml.model", "is '\(model.prefix(40))', only 'gpt2' is computed")
      }
      // Files of before 2024 lack it, and have GPT-2's words.
      if let words = try gguf.string("tokenizer.ggml.pre"), !["gpt-2", "gpt2"].contains(words) {
        throw refusal("tokenizer.ggml.pre", "is '\(words.prefix(40))', only 'gpt-2' is computed")
      }
      guard let tokens = try gguf.strings("tokenizer.ggml.tokens"),
        let merges = try gguf.strings("tokenizer.ggml.merges")
      else { throw refusal("tokenizer.ggml.tokens", "or merges are missing") }
      return TokenizerTables(tokens: tokens, kinds: try kinds(of: tokens), merges: merges)
    } catch {
      throw TokenizerError(
        error.code == .unsupported ? .unsupported : .invalid, path: path,
        "\(error.field ?? "") \(error.detail)")
    }
  }

  private func kinds(of tokens: [String]) throws(ModelFileError) -> [TokenizerTables.Kind] {
    guard let numbers = try gguf.integers("tokenizer.ggml.token_type") else {
      return tokens.map { $0 == "<|endoftext|>" ? .control : .normal }
    }
    var kinds: [TokenizerTables.Kind] = []
    for (token, number) in numbers.enumerated() {
      guard let kind = TokenizerTables.Kind(rawValue: number) else {
        throw refusal(
          "tokenizer.ggml.token_type", "is \(number) for token \(token), which a BPE has not")
      }
      kinds.append(kind)
    }
    return kinds
  }

  private func refusal(_ key: String, _ detail: String) -> ModelFileError {
    ModelFileError(.unsupported, path: path, field: key, detail)
  }
}

extension GGUFTensorType {
  /// The float format of single elements; nil of blocks and integers.
  fileprivate var floatFormat: FloatFormat? {
    switch self {
    case .f32: .float32
    case .f16: .float16
    case .bf16: .bfloat16
    default: nil
    }
  }
}
