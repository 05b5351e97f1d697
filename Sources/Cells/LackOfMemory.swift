public import Diagnostics
import Evaluation
public import GPT2
import InputLimits
import NotebookLanguage
public import Quantization

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

extension GPT2Model {
  /// A model with random weights, made where there is memory for them.
  ///
  /// - Parameters:
  ///   - name: as `random(named:seed:)` has it.
  ///   - span: where it is named, for messages.
  /// - Throws: `Diagnostic` with the figures where there is not; as `random(named:seed:)`.
  public static func randomIfItFits(
    named name: String, seed: UInt64 = 0, at span: SourceSpan?
  ) throws -> GPT2Model {
    if let config = GPT2Config.named(name) ?? (try? GPT2Config(path: name)) {
      do throws(MemoryLack) { try MemoryNeed.randomWeights(config).check() } catch {
        throw error.diagnostic("random weights of '\(name)'", at: span)
      }
    }
    return try random(named: name, seed: seed)
  }

  /// Whether there is memory to quantize the model.
  ///
  /// - Parameter isQuantized: whether a tensor of this name will be.
  /// - Throws: `Diagnostic` with the figures where there is not.
  public func checkMemory(
    toQuantizeBy scheme: any QuantizationScheme, at span: SourceSpan?,
    isQuantized: (_ tensor: String) -> Bool
  ) throws(Diagnostic) {
    do throws(MemoryLack) {
      try MemoryNeed.quantizing(self, by: scheme, isQuantized: isQuantized).check()
    } catch {
      throw error.diagnostic("quantizing '\(self.name)' to \(type(of: scheme).name)", at: span)
    }
  }
}

extension MemoryLack {
  /// - Parameter what: what needs the memory, such as `the perplexity of 'q'`.
  func diagnostic(_ what: String, at span: SourceSpan?) -> Diagnostic {
    let parts = need.parts.map { "\(Self.text($0.bytes)) of \($0.name)" }
    return Diagnostic(
      .notEnoughMemory,
      "\(what) would take \(Self.text(need.bytes)) of memory, and \(Self.text(available.bytes)) are "
        + "available \(place)", at: span,
      notes: parts.isEmpty
        ? [] : [Diagnostic.Note("of these are " + parts.joined(separator: ", "))],
      help: "\(cure); --limit memory-bytes=\(gibibytes)GiB goes on regardless")
  }

  private var place: String {
    switch available.source {
    case .machine: "on this machine"
    case .controlGroup: "in this control group or container"
    case .process: "to this process (ulimit -v)"
    case .limit: "by --limit memory-bytes"
    }
  }

  private var cure: String {
    need.parts.contains { $0.name == "weights in FP32" }
      ? "a model from files takes less, since its weights are mapped"
      : "free some, or use a smaller model or a shorter window"
  }

  /// Enough, in whole GiB.
  private var gibibytes: Int { need.bytes / (1 << 30) + 1 }

  private static func text(_ bytes: Int) -> String { DisplayedValue(.bytes(bytes)).text }
}
