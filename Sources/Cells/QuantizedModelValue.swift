import GPT2
public import NotebookLanguage
import Quantization

/// A quantized model, with the account of what was quantized and what was left.
public struct QuantizedModelValue: CellValue, LabelTarget {
  public static let cellKinds = ["quantize"]

  let base: LoadedModel
  let quantized: QuantizedModel
  /// How far each quantized tensor lies from its original.
  let errors: [String: WeightError]

  init(base: LoadedModel, quantized: QuantizedModel) {
    self.base = base
    self.quantized = quantized
    errors = quantized.weightErrors(from: base.model)
  }

  static var coverageShape: Shape { .leaves(["quantized", "total", "bitsPerWeight"]) }

  var coverage: Value {
    Self.coverage(
      quantized: quantized.quantizedCount, total: quantized.coverage.count, of: quantized.model)
  }

  /// Of a model that is not quantized.
  static func emptyCoverage(of model: GPT2Model) -> Value {
    coverage(quantized: 0, total: model.tensorNames.count, of: model)
  }

  private static func coverage(quantized: Int, total: Int, of model: GPT2Model) -> Value {
    .record(
      Record([
        "quantized": .count(quantized), "total": .count(total),
        "bitsPerWeight": .number(model.bitsPerWeight),
      ]))
  }

  public var expressionValue: Value {
    .record(
      Record([
        "coverage": coverage, "bitsPerWeight": .number(quantized.model.bitsPerWeight),
        "bytes": .bytes(quantized.model.reportedBytes),
        "packed": .bytes(quantized.model.packedBytes),
        "tensors": .list(quantized.coverage.map(tensor)),
      ]))
  }

  private func tensor(_ coverage: QuantizedModel.TensorCoverage) -> Value {
    var record = Record([
      "name": .text(coverage.name), "format": .text(coverage.format),
      "elements": .count(coverage.storage.elements),
      "bitsPerWeight": .number(coverage.storage.bitsPerWeight),
    ])
    record["left"] = coverage.reason.map { .text($0) }
    if let error = errors[coverage.name] {
      record["maximumError"] = .number(error.maximum)
      record["relativeError"] = .number(error.relative)
      record["signalToNoise"] = .number(error.signalToNoise)
    }
    return .record(record)
  }

  public var display: Display? { .table(CoverageTable.make(self)) }
}
