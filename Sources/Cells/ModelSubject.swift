import Diagnostics
import GPT2
public import NotebookLanguage

/// A model that can be evaluated: as loaded, or quantized.
public enum ModelSubject: LabelTarget {
  case loaded(LoadedModel)
  case quantized(QuantizedModelValue)

  public static var cellKinds: [String] { ["load", "quantize"] }

  public static func from(_ value: any CellValue) -> Self? {
    if let loaded = value as? LoadedModel { return .loaded(loaded) }
    return (value as? QuantizedModelValue).map { .quantized($0) }
  }

  var model: GPT2Model {
    switch self {
    case .loaded(let value): value.model
    case .quantized(let value): value.quantized.model
    }
  }

  /// What it was quantized from; itself where it is not quantized.
  var base: LoadedModel {
    switch self {
    case .loaded(let value): value
    case .quantized(let value): value.base
    }
  }
}
