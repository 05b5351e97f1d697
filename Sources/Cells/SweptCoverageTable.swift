import NotebookLanguage

/// What was quantized for each value of a sweep: one line that opens to a table with a row a value.
enum SweptCoverageTable {
  /// - Parameter record: of a quantize cell that was swept.
  static func display(of record: Value) -> Display? {
    let results = SweptResults(record)
    let rows = results.entries.compactMap(row)
    guard !rows.isEmpty else { return nil }
    let labels = [
      "Format", "Tensors quantized", "Bits per weight in them", "Overall", "Relative error",
    ]
    return .table(
      Table(
        stub: results.axes.map(AxisLabels.title).joined(separator: ", "),
        groups: [Table.Group(label: "", columns: labels.map { Table.Column(label: $0) })],
        rows: rows, summary: summary(of: results)))
  }

  private static func row(_ entry: SweptResults<Value>.Entry) -> Table.Row? {
    guard let coverage = CoverageTable(entry.leaf) else { return nil }
    let cells = [
      CoverageTable.text(coverage.format),
      CoverageTable.text("\(coverage.quantized.count) of \(coverage.tensors.count)"),
      CoverageTable.number(coverage.quantizedBits), CoverageTable.number(coverage.bitsPerWeight),
      entry.leaf[path: "relativeError"].map { DisplayedValue($0) },
    ]
    return Table.Row(
      label: entry.place.map(\.value).joined(separator: ", "),
      cells: cells.map { Table.Cell(value: $0) })
  }

  /// `4 models quantized, over scheme (nf4, fp4) and block size (64, 32)`.
  private static func summary(of results: SweptResults<Value>) -> String {
    let axes = results.axes.map { axis in
      "\(AxisLabels.title(of: axis).lowercased()) (\(results.values(of: axis).joined(separator: ", ")))"
    }
    return "\(results.entries.count) models quantized, over " + axes.joined(separator: " and ")
  }
}
