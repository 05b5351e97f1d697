import NotebookLanguage

/// Results, or what is known of them before anything has run: the same code lays out both, so that `check`
/// sees the table that a run will show.
protocol ResultTree: Sendable {
  /// What stands at a path; nil where that is absent.
  subscript(path path: String) -> Self? { get }
  /// The axis that the fields range over, and the fields; nil where no sweep made them.
  var sweptFields: (axis: String, fields: [(name: String, tree: Self)])? { get }
  /// Without any fields.
  static var empty: Self { get }
}

extension Value: ResultTree {
  var sweptFields: (axis: String, fields: [(name: String, tree: Value)])? {
    guard case .record(let record) = self, let axis = record.axis else { return nil }
    return (axis, record.fields.map { ($0.name, $0.value) })
  }

  static var empty: Self { .record(Record()) }
}

extension Shape: ResultTree {
  var sweptFields: (axis: String, fields: [(name: String, tree: Shape)])? {
    guard case .record(let fields, _, let axis?) = self else { return nil }
    return (axis, fields.map { ($0.name, $0.shape) })
  }

  static var empty: Self { .record([]) }
}
