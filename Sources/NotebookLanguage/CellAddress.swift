public import Diagnostics

/// A cell of a notebook, or some of the values that it is swept over.
public struct CellAddress: Hashable, Sendable {
  /// Number of the cell.
  public let cell: Int
  /// Values of the outer axes, one each; empty for the whole cell.
  public let values: [String]

  public init(cell: Int, values: [String] = []) {
    self.cell = cell
    self.values = values
  }

  /// Whether a value of a cell is one of those meant.
  public func contains(_ address: [String], ofCell cell: Int) -> Bool {
    cell == self.cell && address.starts(with: values)
  }
}

extension CheckedNotebook {
  /// What a text names: a cell by its label or by a name that it publishes, and below it values of its
  /// sweep, as in expressions, `grid[nf4, 64]` or `grid.nf4`, or as `status` has them, `grid/nf4/64`.
  ///
  /// - Throws: what is wrong with the text, with the nearest names.
  public func address(_ text: String) throws(Diagnostic) -> CellAddress {
    let names =
      text.contains("/")
      ? text.split(separator: "/").map { FieldPath.address(String($0)) }
      : FieldPath.names(of: text)
    guard let first = names.first, let cell = cell(called: first) else {
      let known = cells.compactMap(\.source.label)
      throw Diagnostic(
        .unknownLabel, "no cell is labelled '\(names.first ?? text)'", at: nil,
        help: Diagnostic.suggestion(for: names.first ?? text, among: known))
    }
    let values = Array(names.dropFirst())
    try check(values, of: cells[cell], called: first)
    return CellAddress(cell: cell, values: values)
  }

  private func cell(called name: String) -> Int? {
    cells.firstIndex { $0.source.label == name }
      ?? cells.firstIndex { $0.source.label?.replacing("-", with: "_") == name }
      ?? cells.firstIndex { $0.cell.publishedNames.contains { $0.name == name } }
  }

  private func check(
    _ values: [String], of cell: PlannedCell, called name: String
  ) throws(Diagnostic) {
    var addresses = cell.variants.map(\.address)
    for (place, value) in values.enumerated() {
      guard cell.axes.indices.contains(place) else {
        throw Diagnostic(
          .unknownLabel,
          cell.axes.isEmpty
            ? "'\(name)' is no sweep: it has no value '\(value)'"
            : "'\(name)' ranges over \(cell.axes.joined(separator: ", ")) alone: it has no value "
              + "'\(value)' below them", at: nil, help: "name '\(name)' to mean all of it")
      }
      let known = addresses.map { $0[place] }
      addresses.removeAll { $0[place] != value }
      guard addresses.isEmpty else { continue }
      var distinct: [String] = []
      for name in known where !distinct.contains(name) { distinct.append(name) }
      throw .unknown(
        "value of '\(cell.axes[place])'", value, among: distinct, .unknownLabel, at: nil)
    }
  }
}
