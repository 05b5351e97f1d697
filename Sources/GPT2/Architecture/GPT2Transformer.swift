import Kernels
import Quantization

/// The weights of a GPT-2 but for its head, in the order of the computation.
struct GPT2Transformer: Sendable {
  /// [V, E] and [C, E].
  let tokenEmbedding: any WeightMatrix
  let positionEmbedding: any WeightMatrix
  let layers: [GPT2Layer]
  let finalNorm: Norm

  init(_ config: GPT2Config, _ lookup: ParameterLookup) throws(GPT2Error) {
    tokenEmbedding = try lookup.matrix(GPT2Config.embeddingName)
    positionEmbedding = try lookup.matrix(GPT2Config.positionsName)
    layers = try GPT2Layer.all(config, lookup)
    finalNorm = try lookup.norm("ln_f")
  }

  /// What activations are multiplied by.
  var factors: [any WeightMatrix] {
    layers.flatMap {
      [$0.queryKeyValue, $0.attentionProjection, $0.expansion, $0.contraction].map(\.weight)
    }
  }
}

/// One block: attention and feed-forward, each after a normalization and added to the residual.
struct GPT2Layer: Sendable {
  let attentionNorm: Norm
  /// E → 3·E: queries, keys, values.
  let queryKeyValue: Linear
  /// E → E.
  let attentionProjection: Linear
  let feedForwardNorm: Norm
  /// E → I.
  let expansion: Linear
  /// I → E.
  let contraction: Linear

  static func all(
    _ config: GPT2Config, _ lookup: ParameterLookup
  ) throws(GPT2Error) -> [GPT2Layer] {
    var layers: [GPT2Layer] = []
    for index in 0..<config.layerCount {
      layers.append(
        GPT2Layer(
          attentionNorm: try lookup.norm("h.\(index).ln_1"),
          queryKeyValue: try lookup.linear("h.\(index).attn.c_attn"),
          attentionProjection: try lookup.linear("h.\(index).attn.c_proj"),
          feedForwardNorm: try lookup.norm("h.\(index).ln_2"),
          expansion: try lookup.linear("h.\(index).mlp.c_fc"),
          contraction: try lookup.linear("h.\(index).mlp.c_proj")))
    }
    return layers
  }
}

extension GPT2Session {
  /// Reads tokens at the positions from `position` on: what the head is applied to comes to stand in
  /// `workspace.normalized`, their keys and values in the cache.
  func compute(
    _ transformer: GPT2Transformer, of tokens: some Collection<Int32>
  ) throws(CancellationError) {
    embed(tokens, by: transformer)
    for (index, layer) in transformer.layers.enumerated() {
      try attend(index, layer)
      try feedForward(index, layer)
    }
    normalize(transformer.finalNorm, into: workspace.normalized)
    observe("ln_f", workspace.normalized, model.config.width)
  }

  /// x = wte[token] + wpe[position].
  private func embed(_ tokens: some Collection<Int32>, by transformer: GPT2Transformer) {
    let width = model.config.width
    var row = 0
    for token in tokens {
      let x = UnsafeMutableBufferPointer(
        rebasing: workspace.residual[row * width..<(row + 1) * width])
      transformer.tokenEmbedding.decodeRow(Int(token), into: x)
      let shift = UnsafeMutableBufferPointer(rebasing: workspace.vector[..<width])
      transformer.positionEmbedding.decodeRow(position + row, into: shift)
      add(UnsafeBufferPointer(shift), to: x)
      row += 1
    }
    observe("wte", workspace.residual, width)
  }

  /// x += projection(attention(norm(x))).
  private func attend(_ index: Int, _ layer: GPT2Layer) throws(CancellationError) {
    let config = model.config
    let width = config.width
    normalize(layer.attentionNorm, into: workspace.normalized)
    observe("h.\(index).ln_1", workspace.normalized, width)
    try apply(layer.queryKeyValue, workspace.normalized, into: workspace.wide)
    observe("h.\(index).attn.c_attn", workspace.wide, 3 * width)
    CausalAttention.apply(
      UnsafeBufferPointer(workspace.wide), tokens: rows, cache: cache, layer: index,
      scale: config.attentionScale(layer: index), into: workspace.normalized)
    observe("h.\(index).attn", workspace.normalized, width)
    try addToResidual(
      layer.attentionProjection, workspace.normalized, by: workspace.wide,
      "h.\(index).attn.c_proj")
  }

  /// x += contraction(activation(expansion(norm(x)))).
  private func feedForward(_ index: Int, _ layer: GPT2Layer) throws(CancellationError) {
    let width = model.config.width
    let innerWidth = model.config.innerWidth
    let activation = model.config.activation
    normalize(layer.feedForwardNorm, into: workspace.normalized)
    observe("h.\(index).ln_2", workspace.normalized, width)
    if observer == nil {
      try apply(
        layer.expansion, workspace.normalized, .activation(activation), into: workspace.wide)
    } else {
      try apply(layer.expansion, workspace.normalized, into: workspace.wide)
      observe("h.\(index).mlp.c_fc", workspace.wide, innerWidth)
      activation.apply(
        to: UnsafeMutableBufferPointer(rebasing: workspace.wide[..<(rows * innerWidth)]))
    }
    observe("h.\(index).mlp.act", workspace.wide, innerWidth)
    try addToResidual(
      layer.contraction, workspace.wide, by: workspace.normalized, "h.\(index).mlp.c_proj")
    observe("h.\(index)", workspace.residual, width)
  }
}

extension GPT2Config {
  /// Of the widest activations: queries, keys and values, or the feed-forward layer's.
  var wideWidth: Int { max(3 * width, innerWidth) }

  /// What the scores of a layer are multiplied by.
  func attentionScale(layer: Int) -> Float {
    var scale: Float = scalesAttention ? 1 / Float(headWidth).squareRoot() : 1
    if scalesAttentionByInverseLayer { scale /= Float(layer + 1) }
    return scale
  }
}
