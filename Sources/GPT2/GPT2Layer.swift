import Quantization

/// A linear layer: y = x Wᵀ + b.
struct Linear: Sendable {
  let weight: any WeightMatrix
  let bias: WeightVector
}

/// The gain and shift of a layer normalization.
struct Norm: Sendable {
  let gain: WeightVector
  let bias: WeightVector
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
    _ config: GPT2Config, _ parameters: [String: Parameter]
  ) throws(GPT2Error) -> [GPT2Layer] {
    let lookup = ParameterLookup(parameters: parameters)
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

/// Parameters by name; what is not there is the error of a missing tensor.
struct ParameterLookup {
  let parameters: [String: Parameter]

  func matrix(_ name: String) throws(GPT2Error) -> any WeightMatrix {
    guard case .matrix(let matrix, _) = parameters[name] else {
      throw .missingTensor(name, shape: [], path: "")
    }
    return matrix
  }

  func vector(_ name: String) throws(GPT2Error) -> WeightVector {
    guard case .vector(let vector, _) = parameters[name] else {
      throw .missingTensor(name, shape: [], path: "")
    }
    return vector
  }

  func linear(_ name: String) throws(GPT2Error) -> Linear {
    Linear(weight: try matrix(name + ".weight"), bias: try vector(name + ".bias"))
  }

  func norm(_ name: String) throws(GPT2Error) -> Norm {
    Norm(gain: try vector(name + ".weight"), bias: try vector(name + ".bias"))
  }
}
