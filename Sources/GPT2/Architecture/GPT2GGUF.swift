import InputLimits
import ModelFiles
import SafeFiles
import Tokenization

extension GPT2Config {
  static let ggufArchitecture = "gpt2"

  /// Reads the settings of a GGUF file of the architecture `gpt2`. That of its vocabulary is the rows
  /// of its embedding; its head is tied unless it has one of another type.
  ///
  /// - Throws: `ModelFileError` naming the setting, for another architecture or a size out of range.
  init(_ gguf: GGUF) throws(ModelFileError) {
    let architecture = try gguf.string("general.architecture")
    guard architecture == Self.ggufArchitecture else {
      throw ModelFileError(
        architecture == nil ? .missing : .unsupported, path: gguf.file.path,
        field: "general.architecture",
        architecture.map { "is '\($0.prefix(40))', only 'gpt2' is computed" } ?? "is missing")
    }
    contextLength = try gguf.integer("gpt2.context_length", upTo: .contextLength)
    width = try gguf.integer("gpt2.embedding_length", upTo: .width)
    layerCount = try gguf.integer("gpt2.block_count", upTo: .layers)
    headCount = try gguf.integer("gpt2.attention.head_count", upTo: .heads)
    innerWidth = try gguf.integer("gpt2.feed_forward_length", upTo: .innerWidth)
    layerNormEpsilon = Float(
      try gguf.number("gpt2.attention.layer_norm_epsilon", in: 0...1))
    guard width % headCount == 0 else {
      throw ModelFileError(
        .invalid, path: gguf.file.path, field: "gpt2.embedding_length",
        "is \(width), which is no multiple of the \(headCount) heads")
    }
    let embedding = gguf[GGUFNames.name(of: Self.embeddingName)]
    if let rows = embedding?.shape.first {
      if let problem = Limit.vocabulary.problem(ofSize: rows) {
        throw ModelFileError(
          .invalid, path: gguf.file.path, field: "rows of tensor 'token_embd.weight'", problem)
      }
      vocabularySize = rows
    }
    if let head = gguf[GGUFNames.name(of: Self.headName)] {
      tiesHead = head.type == embedding?.type && head.shape == embedding?.shape
    }
  }

  /// Writes the settings that `init(_:)` reads.
  func set(in writer: inout GGUFWriter) {
    writer.set("gpt2.block_count", UInt32(layerCount))
    writer.set("gpt2.context_length", UInt32(contextLength))
    writer.set("gpt2.embedding_length", UInt32(width))
    writer.set("gpt2.feed_forward_length", UInt32(innerWidth))
    writer.set("gpt2.attention.head_count", UInt32(headCount))
    writer.set("gpt2.attention.layer_norm_epsilon", layerNormEpsilon)
  }
}

/// What llama.cpp calls the tensors of a GPT-2.
enum GGUFNames {
  private static let modules = [
    "wte": "token_embd", "wpe": "position_embd", "ln_f": "output_norm", "lm_head": "output",
    "ln_1": "attn_norm", "attn.c_attn": "attn_qkv", "attn.c_proj": "attn_output",
    "ln_2": "ffn_norm", "mlp.c_fc": "ffn_up", "mlp.c_proj": "ffn_down",
  ]

  /// `h.0.attn.c_attn.weight` → `blk.0.attn_qkv.weight`.
  static func name(of name: String) -> String {
    var parts = name.split(separator: ".").map(String.init)
    let element = parts.popLast() ?? ""
    var block = ""
    if parts.first == "h", parts.count > 2 {
      block = "blk.\(parts[1])."
      parts.removeFirst(2)
    }
    let module = parts.joined(separator: ".")
    return "\(block)\(modules[module] ?? module).\(element)"
  }
}

/// What llama.cpp calls the parts that tokens have.
enum GGUFRoles {
  /// By their names in a GGUF file and in `config.json`.
  static var keys: [(key: String, field: String?, role: WritableKeyPath<TokenRoles, Int32?>)] {
    [
      ("tokenizer.ggml.bos_token_id", "bos_token_id", \.beginning),
      ("tokenizer.ggml.eos_token_id", "eos_token_id", \.end),
      ("tokenizer.ggml.unknown_token_id", nil, \.unknown),
      ("tokenizer.ggml.padding_token_id", "pad_token_id", \.padding),
    ]
  }
  static let addsBeginning = "tokenizer.ggml.add_bos_token"
  static let addsEnd = "tokenizer.ggml.add_eos_token"
}
