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
