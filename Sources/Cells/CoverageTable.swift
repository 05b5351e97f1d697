import NotebookLanguage

/// What was quantized and what was left, tensor by tensor: one line that opens to a table.
struct CoverageTable {
  /// A tensor as a quantize cell's record has it.
  struct Tensor {
    var name: String
    var format: String
    var elements: Double
    var bitsPerWeight: Double
    /// Why it was not quantized; nil where it was.
    var reason: String?
    /// What it was quantized to before, if it was.
    var quantizedFrom: String?
    /// Largest error, relative error, signal to noise in decibels; of quantized tensors.
    var errors: [Double?]

    init?(_ value: Value) {
      guard case .record(let record) = value, case .text(let name)? = record["name"],
        case .text(let format)? = record["format"],
        let elements = record["elements"]?.asNumber?.value,
        let bits = record["bitsPerWeight"]?.asNumber?.value
      else { return nil }
      self.name = name
      self.format = format
      self.elements = elements
      bitsPerWeight = bits
      if case .text(let reason)? = record["left"] { self.reason = reason }
      if case .text(let format)? = record["quantizedFrom"] { quantizedFrom = format }
      errors = ["maximumError", "relativeError", "signalToNoise"].map {
        record[$0]?.asNumber?.value
      }
    }
  }

  let tensors: [Tensor]
  /// Of all weights.
  let bitsPerWeight: Double

  /// - Parameter record: of a quantize cell; nil for one that was swept.
  init?(_ record: Value) {
    guard case .list(let tensors)? = record[path: "tensors"] else { return nil }
    self.tensors = tensors.compactMap(Tensor.init)
    bitsPerWeight = record[path: "bitsPerWeight"]?.asNumber?.value ?? 0
  }

  /// - Parameter record: of a quantize cell.
  static func display(of record: Value) -> Display? { Self(record).map { .table($0.table) } }

  var quantized: [Tensor] { tensors.filter { $0.reason == nil } }
  /// What the quantized tensors are, or `nothing`.
  var format: String { quantized.first?.format ?? "nothing" }
  /// Of the quantized tensors.
  var quantizedBits: Double { Self.bitsPerWeight(quantized) }

  private var table: Table {
    let labels = ["Format", "Bits per weight", "Max |w − ŵ|", "Relative error", "SNR (dB)"]
    let rows = quantized.map { tensor in
      let numbers = [tensor.bitsPerWeight] + tensor.errors
      return Table.Row(
        label: tensor.name,
        cells: ([Self.text(tensor.format)] + numbers.map { $0.flatMap(Self.number) }).map {
          Table.Cell(value: $0)
        })
    }
    return Table(
      stub: "Tensor",
      groups: [Table.Group(label: "", columns: labels.map { Table.Column(label: $0) })],
      rows: rows + left, summary: line)
  }

  /// `32 of 100 tensors quantized to nf4; 4.5 bits per weight in them, 6.8 overall; 50 left: biases …`.
  private var line: String {
    var parts = [
      "\(quantized.count) of \(tensors.count) tensors quantized to \(format)",
      "\(Self.plain(quantizedBits)) bits per weight in them, "
        + "\(Self.plain(bitsPerWeight)) overall",
    ]
    for (format, group) in grouped(by: \.quantizedFrom) {
      if let format { parts.append("\(group.count) a second time, after \(format)") }
    }
    for (reason, group) in grouped(by: \.reason) {
      if let reason { parts.append("\(group.count) left: \(reason)") }
    }
    return parts.joined(separator: "; ")
  }

  /// One row for all tensors that were left for one reason in one format.
  private var left: [Table.Row] {
    grouped { tensor in tensor.reason.map { [$0, tensor.format] } }.compactMap { kind, tensors in
      guard let kind else { return nil }
      let names = tensors.count == 1 ? tensors[0].name : "\(tensors.count) tensors"
      var cells: [DisplayedValue?] = [
        Self.text(kind[1]), Self.number(Self.bitsPerWeight(tensors)),
      ]
      cells += Array(repeating: nil, count: 3)
      return Table.Row(
        label: "\(names), left: \(kind[0])", cells: cells.map { Table.Cell(value: $0) })
    }
  }

  /// The tensors by what `key` says of them, in the order of the first of each.
  private func grouped<Key: Hashable>(by key: (Tensor) -> Key) -> [(key: Key, tensors: [Tensor])] {
    var order: [Key] = []
    let groups = Dictionary(grouping: tensors) { tensor in
      let key = key(tensor)
      if !order.contains(key) { order.append(key) }
      return key
    }
    return order.map { ($0, groups[$0] ?? []) }
  }

  private static func bitsPerWeight(_ tensors: [Tensor]) -> Double {
    let elements = tensors.reduce(0) { $0 + $1.elements }
    return elements == 0
      ? 0 : tensors.reduce(0) { $0 + $1.bitsPerWeight * $1.elements } / elements
  }

  static func text(_ format: String) -> DisplayedValue? {
    DisplayedValue(text: format, origin: .given)
  }

  /// A number of which the table itself says how it came about.
  static func number(_ value: Double) -> DisplayedValue? {
    var shown = DisplayedValue(.number(value))
    shown.origin = .given
    return shown
  }

  private static func plain(_ value: Double) -> String { DisplayedValue(.number(value)).text }
}
