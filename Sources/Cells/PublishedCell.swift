public import Diagnostics
public import NotebookLanguage

/// ` ```{published} `: figures of somebody else's report, always shown as such.
public struct PublishedCell: Cell {
  public static let name = "published"
  public static let version = 1
  public static let summary = "Gives figures from a paper, with their source."
  public static let example = """
    #| label: paper
    source: Dettmers et al. 2023, Table 2
    columns: [nf4]
    rows:
      perplexity.after: [27.41]
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("source", \.source, help: "Where the figures are from."),
      .required("columns", \.columns, help: "Names of the columns, as the results call them."),
      .required("rows", \.rows, help: "For each path in a result, one number a column."),
    ]
  }

  var source = Spanned("")
  var columns: [Spanned<String>] = []
  var rows = NamedMap<Row>()

  public init() {}

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    for (index, column) in columns.enumerated() {
      guard let first = columns[..<index].first(where: { $0.value == column.value }) else {
        continue
      }
      diagnostics.append(
        Diagnostic(
          .duplicateKey, "the column '\(column.value)' stands here twice", at: column.span,
          notes: [Diagnostic.Note("first written here", at: first.span)]))
    }
    for (index, entry) in rows.entries.enumerated() {
      let count = entry.value.values.count
      if count != columns.count, scope.knows("columns") {
        diagnostics.append(
          Diagnostic(
            .conflictingKeys,
            "the row '\(entry.name.value)' has \(count) values for \(columns.count) columns",
            at: entry.name.span))
      }
      diagnostics += contradictions(of: entry.name, with: rows.entries[..<index].map(\.name))
    }
    if scope.knows("columns"), scope.knows("rows"), columns.isEmpty || rows.entries.isEmpty {
      diagnostics.append(
        Diagnostic(
          .missingKey, "there are no figures: '\(columns.isEmpty ? "columns" : "rows")' is empty",
          at: rows.entries.first?.name.span ?? columns.first?.span ?? source.span))
    }
    return diagnostics
  }

  /// A path is one figure or holds others, not both.
  private func contradictions(
    of row: Spanned<String>, with others: [Spanned<String>]
  ) -> [Diagnostic] {
    let names = row.value.split(separator: ".", omittingEmptySubsequences: false)
    if names.contains("") {
      return [
        Diagnostic(.wrongType, "'\(row.value)' is no path such as memory.after", at: row.span)
      ]
    }
    return others.compactMap { other in
      let (short, long) =
        other.value.count < row.value.count ? (other.value, row.value) : (row.value, other.value)
      guard long.hasPrefix(short + ".") else { return nil }
      return Diagnostic(
        .conflictingKeys, "'\(short)' cannot be a figure and have '\(long)' in it", at: row.span,
        notes: [Diagnostic.Note("the other is here", at: other.span)])
    }
  }

  public func shape(in scope: CheckScope) -> Shape {
    let row = rows.entries.reduce(into: Record()) { record, entry in
      record.set(.number(0, entry.value.unit.unit), at: entry.name.value)
    }
    return .record(columns.map { Shape.Field($0.value, Shape(of: .record(row))) })
  }

  public func run(in context: CellContext) async throws -> PublishedFigures {
    var result = Record()
    for (index, column) in columns.enumerated() {
      var record = Record()
      for entry in rows.entries where entry.value.values.indices.contains(index) {
        record.set(
          entry.value.number(at: index, source: source.value), at: entry.name.value)
      }
      result[column.value] = .record(record)
    }
    return PublishedFigures(source: source.value, record: result)
  }

  /// `[1, 2]`, or `{unit: ms, values: [1, 2]}`.
  struct Row: SchemaValue {
    var values: [Double] = []
    var unit = FigureUnit.none

    static var typeName: String { "a list of numbers, or a mapping with unit and values" }
    static var form: SchemaForm { .anyOf([[Double].form, WithUnit.form]) }

    static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      if case .mapping = node.content {
        return WithUnit.decode(node, &diagnostics).map { Self(values: $0.values, unit: $0.unit) }
      }
      return [Double].decode(node, &diagnostics).map { Self(values: $0) }
    }

    func number(at index: Int, source: String) -> Value {
      .number(
        Number(
          values[index] * unit.factor, unit: unit.unit,
          cause: values[index].isFinite ? nil : "printed so in the source", origin: .published,
          note: "published: \(source)"))
    }
  }

  private struct WithUnit: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("unit", \.unit, help: "ms, MiB or bytes."),
        .required("values", \.values, help: "One number a column."),
      ]
    }

    var unit = FigureUnit.none
    var values: [Double] = []
  }

  enum FigureUnit: String, SchemaChoice {
    case none
    case bytes
    case milliseconds = "ms"
    case mebibytes = "MiB"

    static var subject: String { "unit" }
    static var aliases: [String: String] { ["mb": "MiB", "milliseconds": "ms"] }

    var unit: Unit {
      switch self {
      case .none: .none
      case .bytes, .mebibytes: .bytes
      case .milliseconds: .milliseconds
      }
    }

    var factor: Double { self == .mebibytes ? 1_048_576 : 1 }
  }
}

/// Figures of a paper by column and path.
public struct PublishedFigures: CellValue, LabelTarget {
  public static let cellKinds = ["published"]

  public let source: String
  let record: Record

  public var expressionValue: Value { .record(record) }
}

extension Record {
  /// Sets the value at a dotted path, making the records on the way.
  mutating func set(_ value: Value, at path: String) {
    guard let dot = path.firstIndex(of: ".") else {
      self[path] = value
      return
    }
    let name = String(path[..<dot])
    var inner = Record()
    if case .record(let existing)? = self[name] { inner = existing }
    inner.set(value, at: String(path[path.index(after: dot)...]))
    self[name] = .record(inner)
  }
}
