public import Quantization

/// The tensors of a GPT-2, by Hugging Face's names without `transformer.`.
extension GPT2Config {
  /// What may stand before all names but the head's in a file.
  static let namePrefix = "transformer."
  /// Of tokens, [V, E].
  static let embeddingName = "wte.weight"
  /// Of positions, [C, E].
  static let positionsName = "wpe.weight"
  /// [V, E].
  static let headName = "lm_head.weight"

  /// The tensor that is the output head.
  var storedHeadName: String { tiesHead ? Self.embeddingName : Self.headName }

  /// A tensor's name in a file whose names begin with `prefix`.
  func nameInFiles(_ name: String, prefix: String) -> String {
    name == Self.headName ? name : prefix + name
  }

  /// Whether it is one of the causal masks that old versions of transformers saved.
  func isMask(_ name: String) -> Bool {
    (0..<layerCount).contains { layer in
      name == "h.\(layer).attn.bias" || name == "h.\(layer).attn.masked_bias"
    }
  }

  /// Whether a tensor of a file is of another head than that of language models, beside it or instead: the
  /// rest is a GPT-2 as any. Names as transformers' classes have them.
  static func isOfOtherHead(_ name: String) -> Bool {
    ["multiple_choice_head.", "score.", "classifier.", "qa_outputs."].contains {
      name.hasPrefix($0)
    }
  }

  /// Names of all tensors in the order of the computation.
  public var tensorNames: [String] { tensors.map(\.name) }

  /// Names of the weights of one dimension, which not every scheme quantizes: gains of normalizations.
  public var vectorNames: Set<String> { Set(tensors.filter { $0.kind == .gain }.map(\.name)) }

  /// Patterns of the tensors that a scheme takes unless told otherwise.
  public static func patterns(of tensors: UsualTensors) -> [TensorPattern] {
    switch tensors {
    case .everyWeight: ["*.weight"]
    case .linearLayers:
      [
        "h.*.attn.c_attn.weight", "h.*.attn.c_proj.weight", "h.*.mlp.c_fc.weight",
        "h.*.mlp.c_proj.weight",
      ]
    }
  }

  /// All tensors, in the order of the computation.
  var tensors: [TensorDescription] {
    var tensors: [TensorDescription] = [
      .init(name: Self.embeddingName, kind: .embedding, shape: [vocabularySize, width]),
      .init(name: Self.positionsName, kind: .embedding, shape: [contextLength, width]),
    ]
    func addNorm(_ name: String) {
      tensors.append(.init(name: name + ".weight", kind: .gain, shape: [width]))
      tensors.append(.init(name: name + ".bias", kind: .bias, shape: [width]))
    }
    func addLinear(_ name: String, _ inputs: Int, _ outputs: Int, isProjection: Bool = false) {
      tensors.append(
        .init(
          name: name + ".weight", kind: .linear(isProjection: isProjection),
          shape: [inputs, outputs]))
      tensors.append(.init(name: name + ".bias", kind: .bias, shape: [outputs]))
    }
    for layer in 0..<layerCount {
      addNorm("h.\(layer).ln_1")
      addLinear("h.\(layer).attn.c_attn", width, 3 * width)
      addLinear("h.\(layer).attn.c_proj", width, width, isProjection: true)
      addNorm("h.\(layer).ln_2")
      addLinear("h.\(layer).mlp.c_fc", width, innerWidth)
      addLinear("h.\(layer).mlp.c_proj", innerWidth, width, isProjection: true)
    }
    addNorm("ln_f")
    if !tiesHead {
      tensors.append(
        .init(name: Self.headName, kind: .embedding, shape: [vocabularySize, width]))
    }
    return tensors
  }

  /// The most parameters that are accepted: eighty times GPT-2 XL.
  static let parameterLimit = 1 << 37
}
