public import Quantization

/// A model whose weights were quantized, and what became of each tensor.
public struct QuantizedModel: Sendable {
  /// What became of one tensor.
  public struct TensorCoverage: Hashable, Sendable {
    /// Hugging Face's name without `transformer.`.
    public var name: String
    /// The scheme's name, or the float format in which it was left.
    public var format: String
    public var storage: StorageAccount
    /// Why it was not quantized; nil where it was.
    public var reason: String?

    public var isQuantized: Bool { reason == nil }
  }

  public let model: GPT2Model
  /// Every tensor in the order of the computation.
  public let coverage: [TensorCoverage]

  public var quantizedCount: Int { coverage.count(where: \.isQuantized) }
}

extension GPT2Model {
  /// The model with the selected weights quantized and the others in the scheme's float format.
  ///
  /// Only tensors named `….weight` are quantized; biases never. What both models store alike is
  /// shared without a copy. All weights are quantized from their originals, tensor by tensor.
  ///
  /// - Parameters:
  ///   - only: patterns of the tensors to take; the scheme's own choice if nil.
  ///   - except: patterns of tensors to leave.
  ///   - head: how to quantize the output head, which is the token embedding where they are tied, if
  ///     `scheme` does not take it.
  /// - Throws: `QuantizationError` naming the tensor; `CancellationError` between tensors.
  public func quantized(
    by scheme: any QuantizationScheme, only: [TensorPattern]? = nil,
    except: [TensorPattern] = [], head: (any QuantizationScheme)? = nil,
    progress: ProgressHandler? = nil
  ) throws -> QuantizedModel {
    let headName = config.tiesHead ? "wte.weight" : "lm_head.weight"
    let selection = TensorSelection(only: only ?? scheme.defaultSelection.only, except: except)
    var replacements: [String: Parameter] = [:]
    var coverage: [QuantizedModel.TensorCoverage] = []
    for (index, name) in tensorNames.enumerated() {
      try Task.checkCancellation()
      guard let parameter = parameters[name] else { continue }
      var reason = reasonToLeave(name, selection)
      var chosen = scheme
      if let head, name == headName, reason != nil { (chosen, reason) = (head, nil) }
      let replacement =
        reason == nil
        ? try quantize(parameter, named: name, by: chosen)
        : try converted(parameter, named: name, to: scheme.remainder)
      if let replacement { replacements[name] = replacement }
      let stored = replacement ?? parameter
      coverage.append(
        .init(name: name, format: stored.format, storage: stored.storage, reason: reason))
      progress?(
        ProgressUpdate(
          activity: "quantizing to \(type(of: scheme).name)", completed: index + 1,
          total: tensorNames.count, unit: "tensors"))
    }
    return QuantizedModel(model: try replacing(replacements), coverage: coverage)
  }

  private func reasonToLeave(_ name: String, _ selection: TensorSelection) -> String? {
    if !name.hasSuffix(".weight") { return "biases are not quantized" }
    if selection.contains(name) { return nil }
    let isExcluded = selection.except.contains { $0.matches(name) }
    return isExcluded ? "excepted by a pattern" : "not selected"
  }

  private func quantize(
    _ parameter: Parameter, named name: String, by scheme: any QuantizationScheme
  ) throws(QuantizationError) -> Parameter {
    let format = type(of: scheme).name
    switch parameter {
    case .matrix:
      guard let original = originals[name] else {
        throw .notAMatrix(tensor: name, scheme: format)
      }
      return .matrix(try scheme.quantize(original), format: format)
    case .vector(let vector, _):
      return .vector(try scheme.quantize(vector: vector.values, name: name), format: format)
    }
  }

  /// The parameter in a float format; nil where it is stored so already.
  private func converted(
    _ parameter: Parameter, named name: String, to format: FloatFormat
  ) throws(QuantizationError) -> Parameter? {
    guard parameter.format != format.rawValue else { return nil }
    switch parameter {
    case .vector(let vector, _):
      return .vector(WeightVector(vector.values, as: format), format: format.rawValue)
    case .matrix:
      guard let original = originals[name] else { return nil }
      switch format {
      case .float32: return nil
      case .float16: return .matrix(try Float16Matrix(original), format: format.rawValue)
      case .bfloat16: return .matrix(try BFloat16Matrix(original), format: format.rawValue)
      }
    }
  }
}
