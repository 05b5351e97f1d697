import Diagnostics
import GPT2
import Quantization

extension GPT2Error {
  /// The code of what failed for it: of memory that is lacking, whatever was done.
  func code(otherwise code: DiagnosticCode) -> DiagnosticCode {
    switch self {
    case .tooLarge, .outOfMemory, .weights(.outOfMemory): .notEnoughMemory
    default: code
    }
  }
}

extension QuantizationError {
  /// As that of a `GPT2Error`.
  func code(otherwise code: DiagnosticCode) -> DiagnosticCode {
    if case .outOfMemory = self { .notEnoughMemory } else { code }
  }
}
