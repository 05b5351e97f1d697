public import Quantization

extension QuantizedModel {
  /// How far each quantized tensor lies from its original, by name. What was left has no entry.
  ///
  /// Every weight is decoded once, on all threads.
  /// - Throws: `CancellationError` between tensors; `QuantizationError.outOfMemory`.
  public func weightErrors(
    from base: GPT2Model
  ) throws -> [String: WeightError] {
    var errors: [String: WeightError] = [:]
    for tensor in coverage where tensor.isQuantized {
      try Task.checkCancellation()
      errors[tensor.name] = try error(of: tensor.name, from: base)
    }
    return errors
  }

  private func error(of name: String, from base: GPT2Model) throws -> WeightError? {
    switch (model.parameters[name], base.parameters[name]) {
    case (.matrix(let matrix, _)?, _):
      return try base.original(of: name).map { WeightError(of: matrix, to: $0) }
    case (.vector(let vector, _)?, .vector(let original, _)?):
      return WeightError(of: vector.values, to: original.values)
    default: return nil
    }
  }
}
