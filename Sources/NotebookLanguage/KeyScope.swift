/// What a cell may know of those that it names, or that they name, when its key is made.
public struct KeyScope: Sendable {
  /// What is known of a cell that has been computed or was kept.
  public struct Known: Sendable {
    public let cell: any Cell
    /// Identifies the value: equal keys, equal values.
    public let key: String
    /// What expressions see of the value.
    public let record: Value

    public init(cell: any Cell, key: String, record: Value) {
      self.cell = cell
      self.key = key
      self.record = record
    }
  }

  private let find: @Sendable (String) -> Known?

  /// - Parameter find: gives what is known of the cell with a label.
  public init(_ find: @escaping @Sendable (String) -> Known?) { self.find = find }

  /// nil where the label names no cell that a value is known of.
  public func known<Target>(_ label: Label<Target>) -> Known? { find(label.text) }
}
