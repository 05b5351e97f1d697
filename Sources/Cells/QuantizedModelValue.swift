import GPT2
public import NotebookLanguage
import Quantization

/// A quantized model, with the account of what was quantized and what was left.
public struct QuantizedModelValue: CellValue, LabelTarget {
  public static let cellKinds = ["quantize"]

  let base: LoadedModel
  let quantized: QuantizedModel

  static var coverageShape: Shape { .numbers(["quantized", "total", "bitsPerWeight"]) }

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

  /// Compares every quantized tensor with its original.
  public var expressionValue: Value {
    // Without errors if the task is cancelled meanwhile: whoever asked looks before using it.
    let errors = (try? quantized.weightErrors(from: base.model)) ?? [:]
    let together = WeightError(together: quantized.coverage.compactMap { errors[$0.name] })
    var record = Record([
      "coverage": coverage, "bitsPerWeight": .number(quantized.model.bitsPerWeight),
      "bytes": .bytes(quantized.model.reportedBytes),
      "packed": .bytes(quantized.model.packedBytes),
    ])
    record["relativeError"] = together.map {
      .number(Number($0.relative, note: "‖W − Ŵ‖ / ‖W‖ over all quantized weights"))
    }
    record["tensors"] = .list(quantized.coverage.map { tensor($0, errors[$0.name]) })
    return .record(record)
  }

  private func tensor(
    _ coverage: QuantizedModel.TensorCoverage, _ error: WeightError?
  ) -> Value {
    var record = Record([
      "name": .text(coverage.name), "format": .text(coverage.format),
      "elements": .count(coverage.storage.elements),
      "bitsPerWeight": .number(coverage.storage.bitsPerWeight),
    ])
    record["left"] = coverage.reason.map { .text($0) }
    record["quantizedFrom"] = coverage.quantizedFrom.map { .text($0) }
    if let error {
      record["maximumError"] = .number(error.maximum)
      record["relativeError"] = .number(error.relative)
      record["signalToNoise"] = .number(error.signalToNoise)
    }
    return .record(record)
  }

  public func display(of record: Value) -> Display? { CoverageTable.display(of: record) }
}

/// What was kept of a quantized model: the account of its tensors.
struct RestoredModel: CellValue {
  let expressionValue: Value
  let provenance: [(name: String, value: String)]

  init(_ stored: StoredResult) {
    expressionValue = stored.value
    provenance = stored.provenance
  }

  func display(of record: Value) -> Display? { CoverageTable.display(of: record) }
}
