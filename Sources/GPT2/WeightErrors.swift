import Kernels
public import Quantization
import Synchronization

extension QuantizedModel {
  /// How far each quantized tensor lies from its original, by name. What was left has no entry.
  ///
  /// Every weight is decoded once, on all threads.
  public func weightErrors(from base: GPT2Model) -> [String: WeightError] {
    let tensors = coverage.filter(\.isQuantized).map(\.name)
    let errors = Mutex<[String: WeightError]>([:])
    ThreadPool.forEach(tensors.count) { index in
      let name = tensors[index]
      guard let error = error(of: name, from: base) else { return }
      errors.withLock { $0[name] = error }
    }
    return errors.withLock { $0 }
  }

  private func error(of name: String, from base: GPT2Model) -> WeightError? {
    switch (model.parameters[name], base.parameters[name]) {
    case (.matrix(let matrix, _)?, _):
      return base.originals[name].map { WeightError(of: matrix, to: $0) }
    case (.vector(let vector, _)?, .vector(let original, _)?):
      return WeightError(of: vector.values, to: original.values)
    default: return nil
    }
  }
}
