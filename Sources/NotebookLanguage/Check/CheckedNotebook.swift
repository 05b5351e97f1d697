public import Diagnostics

/// A notebook whose every cell, label, parameter and expression has been checked: ready to run.
public struct CheckedNotebook: Sendable {
  public let notebook: Notebook
  public let parameters: [String: Value]
  public let cells: [PlannedCell]
  /// Numbers of the cells, each after what it needs.
  public let order: [Int]
  /// What `@tbl-x`, `@fig-x` and `@sec-x` refer to, with the words that stand for them.
  public let references: [String: ReferenceTarget]
  /// The works that the text cites, in the order of their first citation.
  public let citations: [Reference]
  /// What is hardly meant, but keeps nothing from running.
  public let warnings: [Diagnostic]

  /// How results files and messages call a cell: by its label, or by kind and number.
  public func name(ofCell index: Int) -> String {
    cells[index].source.label ?? "\(cells[index].source.kind)-\(index + 1)"
  }
}

/// What a cross reference points to.
public struct ReferenceTarget: Hashable, Sendable {
  /// `Table`, `Figure` or `Section`.
  public var kind: String
  /// `1`, or for sections `2.1`.
  public var number: String
}
