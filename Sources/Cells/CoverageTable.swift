import GPT2
import NotebookLanguage
import Quantization

/// What was quantized and what was left, tensor by tensor: one line that opens to a table.
enum CoverageTable {
  static func make(_ value: QuantizedModelValue) -> Table {
    let coverage = value.quantized.coverage
    let labels = ["Format", "Bits per weight", "Max |w − ŵ|", "Relative error", "SNR (dB)"]
    let rows = coverage.filter(\.isQuantized).map { tensor in
      row(tensor.name, tensor.format, tensor.storage, value.errors[tensor.name])
    }
    return Table(
      stub: "Tensor",
      groups: [Table.Group(label: "", columns: labels.map { Table.Column(label: $0) })],
      rows: rows + left(coverage), summary: line(value))
  }

  /// `NF4: 32 of 100 tensors quantized, 4.5 bits a weight in them, 6.8 overall; left: 50 biases …`.
  private static func line(_ value: QuantizedModelValue) -> String {
    let quantized = value.quantized
    let tensors = quantized.coverage.filter(\.isQuantized)
    let inside = bitsPerWeight(tensors.map(\.storage))
    let format = tensors.first?.format ?? "nothing"
    var parts = [
      "\(quantized.quantizedCount) of \(quantized.coverage.count) tensors quantized to \(format)",
      "\(text(inside)) bits per weight in them, \(text(quantized.model.bitsPerWeight)) overall",
    ]
    for (reason, count) in reasons(quantized.coverage) { parts.append("\(count) \(reason)") }
    return parts.joined(separator: "; ")
  }

  private static func reasons(
    _ coverage: [QuantizedModel.TensorCoverage]
  ) -> [(reason: String, count: Int)] {
    var counts: [(reason: String, count: Int)] = []
    for reason in coverage.compactMap(\.reason) {
      if let index = counts.firstIndex(where: { $0.reason == reason }) {
        counts[index].count += 1
      } else {
        counts.append((reason, 1))
      }
    }
    return counts.map { ("left: \($0.reason)", $0.count) }
  }

  /// One row for all tensors that were left for one reason in one format.
  private static func left(_ coverage: [QuantizedModel.TensorCoverage]) -> [Table.Row] {
    struct Kind: Hashable {
      var reason: String
      var format: String
    }
    var order: [Kind] = []
    var groups: [Kind: [QuantizedModel.TensorCoverage]] = [:]
    for tensor in coverage {
      guard let reason = tensor.reason else { continue }
      let kind = Kind(reason: reason, format: tensor.format)
      if groups[kind] == nil { order.append(kind) }
      groups[kind, default: []].append(tensor)
    }
    return order.map { kind in
      let tensors = groups[kind] ?? []
      let names = tensors.count == 1 ? tensors[0].name : "\(tensors.count) tensors"
      var cells: [DisplayedValue?] = [
        text(kind.format), number(bitsPerWeight(tensors.map(\.storage))),
      ]
      cells += Array(repeating: nil, count: 3)
      return Table.Row(
        label: "\(names), left: \(kind.reason)", cells: cells.map { Table.Cell(value: $0) })
    }
  }

  private static func row(
    _ name: String, _ format: String, _ storage: StorageAccount, _ error: WeightError?
  ) -> Table.Row {
    let values: [DisplayedValue?] = [
      text(format), number(storage.bitsPerWeight), error.flatMap { number($0.maximum) },
      error.flatMap { number($0.relative) }, error.flatMap { number($0.signalToNoise) },
    ]
    return Table.Row(label: name, cells: values.map { Table.Cell(value: $0) })
  }

  private static func bitsPerWeight(_ storages: [StorageAccount]) -> Double {
    let elements = storages.reduce(0) { $0 + $1.elements }
    return elements == 0
      ? 0 : storages.reduce(0) { $0 + $1.bitsPerWeight * Double($1.elements) } / Double(elements)
  }

  private static func text(_ format: String) -> DisplayedValue? {
    DisplayedValue(text: format, origin: .given)
  }

  private static func number(_ value: Double) -> DisplayedValue? {
    DisplayedValue(.number(value))
  }

  private static func text(_ value: Double) -> String { DisplayedValue(.number(value)).text }
}
