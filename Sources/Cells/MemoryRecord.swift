import Evaluation
import NotebookLanguage

/// `memory` of a result, in bytes.
struct MemoryRecord {
  /// Tokens that are read while the peak is measured.
  let prompt: Int
  let source: SampleSource

  static var shape: Shape {
    let side = Shape.fields(
      ["reported": .bytes, "packed": .bytes, "peak": .bytes], principal: "reported")
    return .fields([
      "before": side, "after": side, "ratio": .numbers(["value"], principal: "value"),
    ])
  }

  func make(before: MemoryUse, after: MemoryUse) -> Record {
    let ratio = Double(after.reported) / Double(before.reported)
    return Record([
      "before": .record(side(before)), "after": .record(side(after)),
      "ratio": .record(
        Record(["value": .number(Number(ratio, origin: .derived))], principal: "value")),
    ])
  }

  private func side(_ use: MemoryUse) -> Record {
    func bytes(_ count: Int, _ note: String) -> Value {
      .number(Number(Double(count), unit: .bytes, note: "measured: \(note), \(source.short)"))
    }
    return Record(
      [
        "reported": bytes(
          use.reported, "elements times bytes of a code over all parameters, constants not counted"),
        "packed": bytes(use.packed, "bytes that the weights take, scales and padding counted"),
        "peak": bytes(
          use.peak,
          "packed bytes, and the rise of resident memory while \(prompt) tokens were read"),
      ], principal: "reported")
  }
}
