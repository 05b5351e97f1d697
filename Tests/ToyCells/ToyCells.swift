public import Diagnostics
public import NotebookLanguage

/// Cells of a few lines, so that language and runner are tested without any engine.
public enum ToyCells {
  public static let types: [any Cell.Type] = [
    SourceCell.self, ScaleCell.self, FailingCell.self, SlowCell.self, ToyTableCell.self,
    GridCell.self, TypedCell.self,
  ]

  /// What `check` finds wrong in a notebook of these cells.
  public static func mistakes(in text: String) -> [Diagnostic] {
    do throws(DiagnosticList) {
      _ = try NotebookParser.parse(SourceFile(name: "n.md", text: text)).checked(cellTypes: types)
      return []
    } catch {
      return error.diagnostics
    }
  }
}

public struct ToyNumber: CellValue, LabelTarget {
  public static let cellKinds = ["source", "scale"]
  public var value: Double

  public var expressionValue: Value {
    .record(Record(["value": .number(value), "double": .number(2 * value)], principal: "value"))
  }
}

/// `source`: a number.
public struct SourceCell: Cell {
  public static let name = "source"
  public static let version = 1
  public static let summary = "A number."
  public static let isStored = true
  public static var keys: [SchemaKey<Self>] {
    [
      .required("number", \.number, help: "The number."),
      .optional("blockSize", \.blockSize, in: 16...4096, help: "A size."),
      .optional("mode", \.mode, help: "A choice."),
    ]
  }

  public enum Mode: String, SchemaChoice {
    case exact, fast
    public static let subject = "mode"
    public static let aliases = ["quick": "fast"]
  }

  var number = 0.0
  var blockSize = 64
  var mode = Mode.exact

  public init() {}

  public func shape(in scope: CheckScope) -> Shape {
    .numbers(["value", "double"], principal: "value")
  }

  public func run(in context: CellContext) async throws -> ToyNumber { ToyNumber(value: number) }
}

/// `scale`: another number times a factor; it publishes its value under the names of `as`.
public struct ScaleCell: Cell {
  public static let name = "scale"
  public static let version = 1
  public static let summary = "A number times a factor."
  public static let isStored = true
  public static var keys: [SchemaKey<Self>] {
    [
      .required("of", \.source, help: "The number to scale."),
      .optional("factor", \.factor, help: "The factor."),
      .optional("as", \.names, help: "Names for the value."),
    ]
  }

  var source = Label<ToyNumber>()
  var factor = 1.0
  var names: [Spanned<String>] = []

  public init() {}

  public var publishedNames: [PublishedName] {
    names.map { PublishedName($0.value, path: "", at: $0.span) }
  }

  public func shape(in scope: CheckScope) -> Shape {
    .numbers(["value", "double"], principal: "value")
  }

  public func run(in context: CellContext) async throws -> ToyNumber {
    ToyNumber(value: try await context.value(of: source).value * factor)
  }
}

/// `fail`: fails when it runs.
public struct FailingCell: Cell {
  public static let name = "fail"
  public static let version = 1
  public static let summary = "Fails."
  public static var keys: [SchemaKey<Self>] {
    [.optional("message", \.message, help: "What goes wrong.")]
  }

  var message = Spanned("it broke")

  public init() {}

  public func shape(in scope: CheckScope) -> Shape { .open }

  public func run(in context: CellContext) async throws -> ToyNumber {
    throw Diagnostic(.cellFailed, message.value, at: message.span)
  }
}

/// `slow`: takes an hour, unless it is cancelled.
public struct SlowCell: Cell {
  public static let name = "slow"
  public static let version = 1
  public static let summary = "Takes an hour."
  public static var keys: [SchemaKey<Self>] { [] }

  public init() {}

  public func shape(in scope: CheckScope) -> Shape { .open }

  public func run(in context: CellContext) async throws -> ToyNumber {
    try await Task.sleep(for: .seconds(3600))
    return ToyNumber(value: 0)
  }
}

/// Called `plot-table`, for the rules on captions and labels of tables.
public struct ToyTableCell: Cell {
  public static let name = "plot-table"
  public static let captionKind: CaptionKind? = .table
  public static let version = 1
  public static let summary = "A table."
  public static var keys: [SchemaKey<Self>] {
    [.required("from", \.source, help: "What to show.")]
  }

  var source = Label<AnyResult>()

  public init() {}

  public func shape(in scope: CheckScope) -> Shape { .leaf(.displayed) }

  public func run(in context: CellContext) async throws -> ToyTable {
    ToyTable(number: DisplayedValue(try await context.value(of: source).value))
  }
}

public struct ToyTable: CellValue {
  var number: DisplayedValue

  public var expressionValue: Value { .displayed(number) }

  public func display(of record: Value) -> Display? {
    .table(
      Table(
        groups: [Table.Group(label: "", columns: [Table.Column(label: "Value")])],
        rows: [Table.Row(label: "Number", cells: [Table.Cell(value: number)])]))
  }
}

/// `typed`: a value of each kind.
public struct TypedCell: Cell {
  public static let name = "typed"
  public static let version = 1
  public static let summary = "A value of each kind."
  public static var keys: [SchemaKey<Self>] { [] }

  public init() {}

  public func shape(in scope: CheckScope) -> Shape {
    Shape(of: TypedValue().expressionValue)
  }

  public func run(in context: CellContext) async throws -> TypedValue { TypedValue() }
}

public struct TypedValue: CellValue {
  public var expressionValue: Value {
    .record(
      Record([
        "name": .text("typed"), "count": .count(3), "size": .bytes(1024),
        "time": .number(2, .milliseconds), "isGood": .bool(true),
        "samples": .list([.count(1), .count(2)]),
      ]))
  }
}
