import Kernels
public import Quantization
import Synchronization

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
    /// The format that it was quantized to before it was loaded, whose errors stay in what was quantized
    /// anew; nil where it was not, or was left.
    public var quantizedFrom: String?

    public var isQuantized: Bool { reason == nil }
  }

  public let model: GPT2Model
  /// Every tensor in the order of the computation.
  public let coverage: [TensorCoverage]

  public var quantizedCount: Int { coverage.count(where: \.isQuantized) }

  /// That tensors were quantized a second time, to be told to whoever takes it for the first; nil where
  /// none was.
  public var secondQuantization: String? {
    GPT2Model.secondQuantization(from: coverage.compactMap(\.quantizedFrom))
  }
}

extension GPT2Model {
  /// The same of a model whose matrices would all be quantized.
  public var quantizedAlready: String? {
    Self.secondQuantization(from: tensorNames.compactMap(quantizedFormat))
  }

  fileprivate static func secondQuantization(from formats: [String]) -> String? {
    guard !formats.isEmpty else { return nil }
    let names = Set(formats).sorted().joined(separator: ", ")
    return "\(formats.count) tensors were \(names) already: the errors of both add up"
  }

  /// The model with the selected weights quantized and the others in the scheme's float format.
  ///
  /// Only tensors named `….weight` are quantized; biases never. What both models store alike is
  /// shared without a copy. All weights are quantized from their originals, tensor by tensor; those
  /// that were loaded quantized from what they decode to. Besides the result, no more than one tensor is
  /// held.
  ///
  /// - Parameters:
  ///   - only: patterns of the tensors to take; the scheme's own choice if nil.
  ///   - except: patterns of tensors to leave.
  ///   - head: how to quantize the output head, which is the token embedding where they are tied, if
  ///     `scheme` does not take it.
  ///   - store: where matrices are kept that were made before. The model is the same with and without.
  /// - Throws: `QuantizationError` naming the tensor; `CancellationError` soon after the task was
  ///   cancelled, also in a large tensor.
  public func quantized(
    by scheme: any QuantizationScheme, only: [TensorPattern]? = nil,
    except: [TensorPattern] = [], head: (any QuantizationScheme)? = nil,
    store: TensorStore? = nil, progress: ProgressHandler? = nil
  ) throws -> QuantizedModel {
    let selection = TensorSelection(
      only: only ?? GPT2Config.patterns(of: scheme.usualTensors), except: except)
    let steps = tensorNames.map { name in
      let reason = reasonToLeave(name, selection)
      guard reason != nil else { return Step(name: name, recipe: .quantized(scheme)) }
      if let head, name == config.storedHeadName {
        return Step(name: name, recipe: .quantized(head))
      }
      return Step(name: name, recipe: .float(scheme.remainder), reason: reason)
    }
    var replacements = try store.map { try restored(steps, from: $0) } ?? [:]
    var coverage: [QuantizedModel.TensorCoverage] = []
    for (index, step) in steps.enumerated() {
      try Task.checkCancellation()
      let name = step.name
      guard let parameter = parameters[name] else { continue }
      if replacements[name] == nil {
        let made = try make(step, parameter)
        replacements[name] = made
        if case .matrix(let matrix, _) = made { store?.keep(matrix, step.recipe, of: name) }
      }
      let stored = replacements[name] ?? parameter
      coverage.append(
        .init(
          name: name, format: stored.format, storage: stored.storage, reason: step.reason,
          quantizedFrom: step.reason == nil ? quantizedFormat(of: name) : nil))
      progress?(
        ProgressUpdate(
          activity: "quantizing to \(type(of: scheme).name)", completed: index + 1,
          total: tensorNames.count, unit: "tensors"))
    }
    return QuantizedModel(model: try replacing(replacements), coverage: coverage)
  }

  private func make(_ step: Step, _ parameter: Parameter) throws -> Parameter? {
    do throws(QuantizationError) {
      let made = try step.recipe.make(parameter, named: step.name) {
        () throws(QuantizationError) in
        // What was loaded quantized is decoded to be quantized again, and else left as it is.
        step.reason == nil ? try original(of: step.name) : try originals[step.name]?.view()
      }
      if made != nil { discardPages(of: step.name) }
      return made
    } catch .cancelled {
      throw CancellationError()
    }
  }

  /// What becomes of one tensor, and why it is not quantized.
  private struct Step {
    let name: String
    let recipe: TensorRecipe
    var reason: String?
  }

  private func reasonToLeave(_ name: String, _ selection: TensorSelection) -> String? {
    if !name.hasSuffix(".weight") { return "biases are not quantized" }
    if selection.contains(name) { return nil }
    let isExcluded = selection.except.contains { $0.matches(name) }
    return isExcluded ? "excepted by a pattern" : "not selected"
  }

  /// The matrices that are kept, a few at a time on all threads, since checking them takes longest.
  private func restored(
    _ steps: [Step], from store: TensorStore
  ) throws(CancellationError) -> [String: Parameter] {
    let matrices = steps.filter { step in
      originals[step.name] != nil && parameters[step.name]?.format != step.recipe.format
    }
    let found = Mutex<[String: Parameter]>([:])
    let batch = 4 * ThreadPool.threadCount
    for start in stride(from: 0, to: matrices.count, by: batch) {
      if Task.isCancelled { throw CancellationError() }
      let range = start..<min(start + batch, matrices.count)
      ThreadPool.forEach(range.count) { index in
        let step = matrices[start + index]
        guard let original = originals[step.name],
          let matrix = store.read(
            step.recipe, of: step.name, rows: original.rows, columns: original.columns)
        else { return }
        found.withLock { $0[step.name] = .matrix(matrix, format: step.recipe.format) }
      }
    }
    return found.withLock { $0 }
  }
}
