public import Diagnostics
import GPT2
public import NotebookLanguage
import Quantization

/// What can be wrong with a quantize cell: its keys among themselves, and what they say of the model.
extension QuantizeCell {
  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics = scope.knows("scheme") ? conflictsWithScheme(in: scope) : []
    if let threshold = outlierThreshold, !(threshold.value >= 0 && threshold.value.isFinite) {
      diagnostics.append(
        Diagnostic(
          .outOfRange, "'outlierThreshold' is a number from 0 on", at: threshold.span))
    }
    let placeProblems = placeProblems(in: scope)
    diagnostics += placeProblems
    for model in scope.models(of: source) {
      guard let config = model.config else { continue }
      // Files may hold a head of their own although the configuration ties it.
      let tensors = config.tensorNames + ["lm_head.weight"]
      var problems = PatternCheck.problems(only + except, tensors: tensors)
      if let layer, layer.value >= config.layerCount {
        problems.append(
          Diagnostic(
            .outOfRange,
            "there is no layer \(layer.value): '\(model.name)' has \(config.layerCount), from 0",
            at: layer.span))
      }
      diagnostics += problems
      let keys = ["scheme", "only", "except", "head", "layer", "component"]
      guard problems.isEmpty, placeProblems.isEmpty, keys.allSatisfy(scope.knows) else { continue }
      diagnostics += selectionProblems(of: tensors, vectors: config.vectorNames)
    }
    return diagnostics
  }

  /// That nothing is left to quantize, or something that the scheme does not take.
  private func selectionProblems(of tensors: [String], vectors: Set<String>) -> [Diagnostic] {
    let scheme = configuredScheme
    let selected = tensors.filter { $0.hasSuffix(".weight") && selection.contains($0) }
    if selected.isEmpty, head == nil { return [nothingSelected] }
    guard self.scheme != .int8, let vector = selected.first(where: vectors.contains) else {
      return []
    }
    let pattern = only.first { TensorPattern($0.value).matches(vector) }
    let error = QuantizationError.notAMatrix(tensor: vector, scheme: type(of: scheme).name)
    return [
      Diagnostic(
        .quantizationFailed, error.description, at: pattern?.span ?? source.span,
        help: "leave it out with 'except', such as except: [\"*.ln_*\"]")
    ]
  }

  /// What `layer` and `component` cannot be, or not beside `only`.
  private func placeProblems(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let layer, layer.value < 0 {
      diagnostics.append(Diagnostic(.outOfRange, "'layer' is at least 0", at: layer.span))
    }
    guard let first = only.first, scope.knows("only") else { return diagnostics }
    for case (let key, let span?) in [("layer", layer?.span), ("component", component?.span)] {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'\(key)' stands in place of 'only'", at: span,
          notes: [Diagnostic.Note("'only' is here", at: first.span)],
          help: "leave one of them out"))
    }
    return diagnostics
  }

  /// Keys that have no meaning for the scheme, or not with the others.
  private func conflictsWithScheme(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    func refuse(_ key: String, _ span: SourceSpan?, unless isAllowed: Bool) {
      guard let span, !isAllowed else { return }
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'\(key)' has no meaning for the scheme \(scheme.rawValue)", at: span))
    }
    let isFourBit = scheme == .fp4 || scheme == .nf4
    refuse("codes", codes?.span, unless: scheme == .int8)
    refuse("granularity", granularity?.span, unless: scheme == .int8)
    refuse("symmetric", symmetric?.span, unless: scheme == .int8)
    refuse("doubleQuantization", doubleQuantization?.span, unless: isFourBit)
    refuse("codeRule", codeRule?.span, unless: isFourBit)
    refuse("compute", compute?.span, unless: scheme != .llmInt8)
    refuse("outlierThreshold", outlierThreshold?.span, unless: scheme == .llmInt8)
    refuse("blockSize", blockSize?.span, unless: scheme != .llmInt8)
    let hasGroups = granularity?.value == .group
    if scheme == .int8, !hasGroups, scope.knows("granularity"), let span = blockSize?.span {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'blockSize' needs 'granularity: group'", at: span))
    }
    if let blockSize, isFourBit, !FourBitMatrix.allowedBlockSizes.contains(blockSize.value) {
      let allowed = FourBitMatrix.allowedBlockSizes.map(String.init).joined(separator: ", ")
      diagnostics.append(
        Diagnostic(
          .outOfRange, "'blockSize' cannot be \(blockSize.value) for \(scheme.rawValue)",
          at: blockSize.span, help: "allowed: \(allowed)"))
    }
    if scheme == .int8, let compute, compute.value == .int8, symmetric?.value == false {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'compute: int8' has no zero points: it needs 'symmetric: true'",
          at: compute.span))
    }
    if let blockSize, scheme == .int8, blockSize.value < 1 {
      diagnostics.append(
        Diagnostic(.outOfRange, "'blockSize' is at least 1", at: blockSize.span))
    }
    return diagnostics
  }
}
