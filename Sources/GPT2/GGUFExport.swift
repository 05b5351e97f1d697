import Kernels
import ModelFiles
import Quantization
import SafeFiles
import Tokenization

extension GPT2Model {
  /// The type that most tensors of a GGUF file get, as llama.cpp's programs call it.
  public enum GGUFExportType: String, Sendable, CaseIterable {
    case f32, f16, q8_0, q4_0

    /// `general.file_type`.
    fileprivate var number: UInt32 {
      switch self {
      case .f32: 0
      case .f16: 1
      case .q4_0: 2
      case .q8_0: 7
      }
    }
  }

  /// Writes a GGUF file with the tokenizer in it, where there is one, as `convert_hf_to_gguf.py` does: vectors and the
  /// embedding of positions in F32, rows that are no whole blocks in F16. In Q4_0 the embedding of
  /// tokens and the head get Q8_0, since they are what four bits harm most. Quantized layers are decoded
  /// first.
  ///
  /// - Parameter replacing: whether a file that is there is replaced.
  /// - Throws: `GPT2Error.notExportable` for what llama.cpp's GPT-2 does not compute; `FileError`,
  ///   with `exists` for a file that is not to be replaced; `TokenizerError`; `QuantizationError`;
  ///   `CancellationError`.
  public func write(
    gguf path: String, as type: GGUFExportType, replacing: Bool = false,
    progress: ProgressHandler? = nil
  ) throws {
    guard config.scalesAttention, !config.scalesAttentionByInverseLayer else {
      throw GPT2Error.notExportable(
        "llama.cpp's GPT-2 has no other scale of attention than 1/√(E/H)")
    }
    guard config.activation == .geluTanh else {
      throw GPT2Error.notExportable(
        "llama.cpp's GPT-2 computes gelu_new alone, this model has "
          + config.activation.configurationName)
    }
    guard replacing || !DirectoryListing.exists(path) else {
      throw FileError(.exists, path: path)
    }
    var writer = GGUFWriter()
    writer.set("general.architecture", GPT2Config.ggufArchitecture)
    writer.set("general.type", "model")
    writer.set("general.name", name)
    writer.set("general.file_type", type.number)
    writer.set("general.quantization_version", 2 as UInt32)
    config.set(in: &writer)
    if hasTokenizer, let tokenizer = try tokenizer() {
      try set(tokenizer, in: &writer)
    }
    for (index, tensor) in config.tensors.enumerated() {
      guard let parameter = parameters[tensor.name] else { continue }
      let stored = Self.storedType(of: tensor, type)
      let shape = tensor.isVector ? tensor.shape : [tensor.rows, tensor.columns]
      let tell = telling(progress, index)
      writer.add(
        GGUFNames.name(of: tensor.name), stored.type, shape: shape,
        pieces: pieces(of: parameter, tensor, .outIn, tell) { (weights) throws(QuantizationError) in
          try stored.bytes(of: weights, tensor: tensor.name)
        })
    }
    try writer.write(to: path, replacing: replacing)
  }

  private func set(_ tokenizer: Tokenizer, in writer: inout GGUFWriter) throws(GPT2Error) {
    guard var tables = tokenizer.tables else {
      throw GPT2Error.notExportable(
        "the tokenizer normalizes or splits a text otherwise than GPT-2's, which the file cannot say"
      )
    }
    for token in tables.tokens.count..<max(tables.tokens.count, config.vocabularySize) {
      tables.tokens.append("[PAD\(token)]")
      tables.kinds.append(.unused)
    }
    writer.set("tokenizer.ggml.model", "gpt2")
    writer.set("tokenizer.ggml.pre", "gpt-2")
    writer.set("tokenizer.ggml.tokens", tables.tokens)
    writer.set("tokenizer.ggml.token_type", tables.kinds.map { Int32($0.rawValue) })
    writer.set("tokenizer.ggml.merges", tables.merges)
    for (key, field, role) in GGUFRoles.keys {
      let token =
        tables.roles?[keyPath: role] ?? configuredToken(field, below: tables.tokens.count)
      if let token { writer.set(key, UInt32(token)) }
    }
    if tables.addsBeginning { writer.set(GGUFRoles.addsBeginning, true) }
    if tables.addsEnd { writer.set(GGUFRoles.addsEnd, true) }
  }

  /// What the configuration has for a token that the tokenizer's files do not name.
  private func configuredToken(_ field: String?, below count: Int) -> Int32? {
    guard let field, case .integer(let token)? = checkpoint?.configurationFields?[field],
      0..<count ~= token
    else { return nil }
    return Int32(token)
  }

  private static func storedType(
    of tensor: TensorDescription, _ type: GGUFExportType
  ) -> StoredType {
    if tensor.isVector || tensor.name == GPT2Config.positionsName { return .floats(.float32) }
    switch type {
    case .f32: return .floats(.float32)
    case .f16: return .floats(.float16)
    case .q8_0, .q4_0:
      if tensor.columns % Q8_0Blocks.blockSize != 0 { return .floats(.float16) }
      return type == .q8_0 || tensor.kind == .embedding
        ? .blocks(Q8_0Blocks.self, .q8_0) : .blocks(Q4_0Blocks.self, .q4_0)
    }
  }

  /// How the weights of a tensor are written.
  private enum StoredType {
    case floats(FloatFormat)
    case blocks(any EncodableBlockFormat.Type, GGUFTensorType)

    var type: GGUFTensorType {
      switch self {
      case .floats(.float32): .f32
      case .floats(.float16): .f16
      case .floats(.bfloat16): .bf16
      case .blocks(_, let type): type
      }
    }

    func bytes(of weights: [Float], tensor: String) throws(QuantizationError) -> [UInt8] {
      switch self {
      case .floats(let format): try format.bytes(of: weights, tensor: tensor)
      case .blocks(let format, _):
        try weights.withUnsafeBufferPointer { (weights) throws(QuantizationError) in
          try format.encode(weights, tensor: tensor)
        }
      }
    }
  }
}
