import Diagnostics

@testable import NotebookLanguage

/// Cells of a few lines, so that the language is tested without any engine.
enum ToyCells {
  static let types: [any Cell.Type] = [SourceCell.self, ScaleCell.self, ToyTableCell.self]
}

struct ToyNumber: CellValue, LabelTarget {
  static let cellKinds = ["source", "scale"]
  var value: Double

  var expressionValue: Value {
    .record(Record(["value": .number(value), "double": .number(2 * value)], principal: "value"))
  }
}

/// `source`: a number.
struct SourceCell: Cell {
  static let name = "source"
  static let version = 1
  static let summary = "A number."
  static var keys: [SchemaKey<Self>] {
    [
      .required("number", \.number, help: "The number."),
      .optional("blockSize", \.blockSize, in: 16...4096, help: "A size."),
      .optional("mode", \.mode, help: "A choice."),
    ]
  }
  enum Mode: String, SchemaChoice {
    case exact, fast
    static let subject = "mode"
    static let aliases = ["quick": "fast"]
  }
  var number = 0.0
  var blockSize = 64
  var mode = Mode.exact
  var labels: [AnyLabel] { Self.keys.flatMap { $0.labels(self) } }

  func shape(in scope: CheckScope) -> Shape { .leaves(["value", "double"], principal: "value") }
  func run(in context: CellContext) async throws -> ToyNumber { ToyNumber(value: number) }
}

/// `scale`: another number times a factor.
struct ScaleCell: Cell {
  static let name = "scale"
  static let version = 1
  static let summary = "A number times a factor."
  static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.source, help: "The number to scale."),
      .optional("factor", \.factor, help: "The factor."),
    ]
  }
  var source = Label<ToyNumber>()
  var factor = 1.0

  func shape(in scope: CheckScope) -> Shape { .leaves(["value", "double"], principal: "value") }
  func run(in context: CellContext) async throws -> ToyNumber {
    ToyNumber(value: try context.value(of: source).value * factor)
  }
}

/// Called `plot-table`, for the rules on captions and labels of tables.
struct ToyTableCell: Cell {
  static let name = "plot-table"
  static let version = 1
  static let summary = "A table."
  static var keys: [SchemaKey<Self>] { [.required("from", \.source, help: "What to show.")] }
  var source = Label<AnyResult>()

  func shape(in scope: CheckScope) -> Shape { .leaf }
  func run(in context: CellContext) async throws -> ToyTable {
    ToyTable(number: DisplayedValue(try context.value(of: source).value))
  }
}

struct ToyTable: CellValue {
  var number: DisplayedValue
  var expressionValue: Value { .displayed(number) }
  var display: Display? {
    .table(
      Table(
        groups: [Table.Group(label: "", columns: [Table.Column(label: "Value")])],
        rows: [Table.Row(label: "Number", cells: [Table.Cell(value: number)])]))
  }
}
