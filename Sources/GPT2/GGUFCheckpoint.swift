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

  /// As llama.cpp, which also ends where a turn of a dialogue does, and passes over tokens that there are not.
  func endTokens() throws(ModelFileError) -> [Int]? {
    let count = try gguf.strings("tokenizer.ggml.tokens")?.count ?? 0
    func token(_ key: String) throws(ModelFileError) -> Int? {
      try gguf.token(key).map { Int($0) }.flatMap { $0 < count ? $0 : nil }
    }
    guard let turn = try token("tokenizer.ggml.eot_token_id") else {
      return try token("tokenizer.ggml.eos_token_id").map { [$0] }
    }
    // What is wrong with the tokenizer is told when it is asked for.
    let end =
      try token("tokenizer.ggml.eos_token_id") ?? (try? tokenizer())?.endOfText.map { Int($0) }
    return [turn] + (end.map { [$0] } ?? [])
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
    var files = [
      (name: "vocab.json", contents: Array((vocabulary + "}").utf8)),
      (name: "merges.txt", contents: Array(merges.utf8)),
    ]
    if let config = Self.tokenizerConfig(tables) {
      files.append(
        ("tokenizer_config.json", Array((JSONValue.object(config).indentedText + "\n").utf8)))
    }
    return files
  }

  /// `tokenizer_config.json`: what `vocab.json` and `merges.txt` do not say; nil for GPT-2's own.
  private static func tokenizerConfig(_ tables: TokenizerTables) -> JSONObject? {
    let usual = tables.tokens.firstIndex(of: Tokenizer.usualEndOfText).map { Int32($0) }
    let custom = TokenRoles(beginning: usual, end: usual, unknown: usual)
    var roles = tables.roles ?? custom
    // What the file does not name, GPT-2's class takes by custom.
    roles.beginning = roles.beginning ?? usual
    roles.unknown = roles.unknown ?? usual
    // Without a token of its own, a file's template adds none.
    let addsBeginning = tables.addsBeginning && tables.roles?.beginning != nil
    let addsEnd = tables.addsEnd && tables.roles?.end != nil
    guard roles != custom || addsBeginning || addsEnd else { return nil }
    var config = JSONObject()
    config["tokenizer_class"] = .string("GPT2Tokenizer")
    let names: [(String, Int32?)] = [
      ("bos_token", roles.beginning), ("eos_token", roles.end), ("unk_token", roles.unknown),
      ("pad_token", roles.padding),
    ]
    for case (let name, let token?) in names where tables.kinds[Int(token)] != .unused {
      config[name] = .string(tables.tokens[Int(token)])
    }
    if addsBeginning { config["add_bos_token"] = .boolean(true) }
    if addsEnd { config["add_eos_token"] = .boolean(true) }
    return config
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
      var tables = TokenizerTables(
        tokens: tokens, kinds: try kinds(of: tokens), merges: merges)
      tables.roles = try roles(in: tokens)
      tables.addsBeginning = try gguf.boolean(GGUFRoles.addsBeginning) ?? false
      tables.addsEnd = try gguf.boolean(GGUFRoles.addsEnd) ?? false
      return tables
    } catch {
      throw TokenizerError(
        error.code == .unsupported ? .unsupported : .invalid, path: path,
        "\(error.field ?? "") \(error.detail)")
    }
  }

  /// nil where the file names none.
  private func roles(in tokens: [String]) throws(ModelFileError) -> TokenRoles? {
    var roles = TokenRoles()
    for (key, _, role) in GGUFRoles.keys {
      // llama.cpp passes over one that there is not.
      guard let token = try gguf.token(key), token < tokens.count else { continue }
      roles[keyPath: role] = token
    }
    return roles == TokenRoles() ? nil : roles
  }

  private func kinds(of tokens: [String]) throws(ModelFileError) -> [TokenizerTables.Kind] {
    guard let numbers = try gguf.integers("tokenizer.ggml.token_type") else {
      return tokens.map { $0 == Tokenizer.usualEndOfText ? .control : .normal }
    }
    guard numbers.count == tokens.count else {
      throw ModelFileError(
        .invalid, path: path, field: "tokenizer.ggml.token_type",
        "has \(numbers.count) types for \(tokens.count) tokens of the tokenizer")
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
