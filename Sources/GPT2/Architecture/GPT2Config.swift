import InputLimits
public import Kernels
public import ModelFiles
import SafeFiles

/// The shape of a GPT-2, as Hugging Face's `GPT2Config` gives it.
///
/// Letters in the comments of this module: V vocabulary, C context, E width, H heads, L layers,
/// I the inner width of the feed-forward layers, T tokens of one call.
public struct GPT2Config: Hashable, Sendable {
  /// V, `vocab_size`.
  public var vocabularySize = 50257
  /// C, `n_positions`.
  public var contextLength = 1024
  /// E, `n_embd`; a multiple of H.
  public var width = 768
  /// L, `n_layer`.
  public var layerCount = 12
  /// H, `n_head`.
  public var headCount = 12
  /// I, `n_inner`; 4·E where the file has none.
  public var innerWidth = 3072
  /// `activation_function`; in files that do not name one, as GGUF's and llm.c's, GPT-2's own.
  public var activation = ActivationFunction.geluTanh
  /// `layer_norm_epsilon`.
  public var layerNormEpsilon: Float = 1e-5
  /// Scores are divided by √(E/H): `scale_attn_weights`.
  public var scalesAttention = true
  /// Scores of layer i are divided by i + 1 too: `scale_attn_by_inverse_layer_idx`.
  public var scalesAttentionByInverseLayer = false
  /// The head is the token embedding: `tie_word_embeddings`.
  public var tiesHead = true

  /// GPT-2 small.
  public init() {}

  public var headWidth: Int { width / headCount }

  /// The number of parameters, the embedding and a tied head counted once.
  public var parameterCount: Int {
    let attention = 4 * width * width + 4 * width
    let feedForward = 2 * width * innerWidth + innerWidth + width
    let layer = attention + feedForward + 4 * width
    let embeddings = (vocabularySize + contextLength) * width
    return embeddings + layerCount * layer + 2 * width + (tiesHead ? 0 : vocabularySize * width)
  }

  /// Reads `config.json`. A size that is absent is a mistake: guessed, it would give another
  /// model in silence. Other absent fields have Hugging Face's defaults.
  ///
  /// - Throws: `ModelFileError` naming the field for a wrong type, a size out of range, a width that
  ///   is no multiple of the heads, another kind of model, or an activation that is not computed.
  public init(path: String) throws(ModelFileError) {
    try self.init(ModelConfigFile(path: path))
  }

  /// Reads the fields of a configuration; see `init(path:)`.
  public init(_ file: ModelConfigFile) throws(ModelFileError) {
    // GPT2Config calls it gpt2; a file without it is one that somebody wrote by hand.
    guard let type = try file.string("model_type"), type == "gpt2" else {
      let found = try file.string("model_type")
      throw ModelFileError(
        found == nil ? .missing : .unsupported, path: file.path, field: "model_type",
        found.map { "is '\($0.prefix(40))', only 'gpt2' is computed" } ?? "is missing")
    }
    vocabularySize = try file.integer("vocab_size", upTo: .vocabulary)
    contextLength = try file.integer("n_positions", upTo: .contextLength)
    width = try file.integer("n_embd", upTo: .width)
    layerCount = try file.integer("n_layer", upTo: .layers)
    headCount = try file.integer("n_head", upTo: .heads)
    innerWidth = try file.integer("n_inner", upTo: .innerWidth, default: 4 * width)
    layerNormEpsilon = Float(
      try file.number("layer_norm_epsilon", in: 0...1, default: 1e-5))
    scalesAttention = try file.boolean("scale_attn_weights", default: true)
    scalesAttentionByInverseLayer = try file.boolean(
      "scale_attn_by_inverse_layer_idx", default: false)
    tiesHead = try file.boolean("tie_word_embeddings", default: true)
    guard width % headCount == 0 else {
      throw ModelFileError(
        .invalid, path: file.path, field: "n_embd",
        "is \(width), which is no multiple of n_head, \(headCount)")
    }
    if let name = try file.string("activation_function") {
      guard let function = ActivationFunction(configurationName: name) else {
        let known = ActivationFunction.configurationNames
        throw ModelFileError(
          .unknownName(name, known: known), path: file.path, field: "activation_function",
          "is '\(name.prefix(40))', which is not computed",
          help: "known: " + known.joined(separator: ", "))
      }
      activation = function
    }
    guard try !file.boolean("add_cross_attention", default: false) else {
      throw ModelFileError(
        .unsupported, path: file.path, field: "add_cross_attention",
        "is true, only false is computed")
    }
  }

  /// The published sizes by name: `distilgpt2`, `gpt2`, `gpt2-medium`, `gpt2-large`, `gpt2-xl`.
  public static func named(_ name: String) -> GPT2Config? {
    switch name {
    case "distilgpt2": GPT2Config(layers: 6, width: 768, heads: 12)
    case "gpt2": GPT2Config(layers: 12, width: 768, heads: 12)
    case "gpt2-medium": GPT2Config(layers: 24, width: 1024, heads: 16)
    case "gpt2-large": GPT2Config(layers: 36, width: 1280, heads: 20)
    case "gpt2-xl": GPT2Config(layers: 48, width: 1600, heads: 25)
    default: nil
    }
  }

  /// The names that `named(_:)` knows.
  public static let names = ["distilgpt2", "gpt2", "gpt2-medium", "gpt2-large", "gpt2-xl"]

  private init(layers: Int, width: Int, heads: Int) {
    layerCount = layers
    self.width = width
    headCount = heads
    innerWidth = 4 * width
  }
}

extension GPT2Config {
  /// As `config.json` has it.
  var fields: JSONObject {
    var fields = JSONObject()
    fields["model_type"] = .string("gpt2")
    fields["activation_function"] = .string(activation.configurationName)
    fields["vocab_size"] = .integer(vocabularySize)
    fields["n_positions"] = .integer(contextLength)
    fields["n_embd"] = .integer(width)
    fields["n_layer"] = .integer(layerCount)
    fields["n_head"] = .integer(headCount)
    fields["n_inner"] = .integer(innerWidth)
    // The shortest text that gives this Float32, not the digits of its Double.
    fields["layer_norm_epsilon"] = .number(
      Double("\(layerNormEpsilon)") ?? Double(layerNormEpsilon))
    fields["scale_attn_weights"] = .boolean(scalesAttention)
    fields["scale_attn_by_inverse_layer_idx"] = .boolean(scalesAttentionByInverseLayer)
    return fields
  }
}
