public import Diagnostics
import Evaluation
public import NotebookLanguage

/// ` ```{plot-table} `: lays results out in rows and grouped columns.
public struct PlotTableCell: Cell {
  public static let name = "plot-table"
  public static let captionKind: CaptionKind? = .table
  public static let version = 1
  public static let summary = "Lays results out as a table with grouped columns."
  public static let example = """
    #| label: tbl-results
    #| tbl-cap: "Before and after. {{ nf4.perplexity.definition }}"
    from: results
    columns: {nf4: NF4}
    rows:
      - {label: Perplexity before, value: perplexity.before, format: round(2), error: true}
      - {label: Perplexity after, value: perplexity.after, format: round(2), error: true}
      - {label: Memory after, value: memory.after.reported, format: mib(1)}
    compare: {with: paper, show: below}
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required("from", \.source, help: "Label of the results."),
      .required(
        "columns", \.columns,
        help: "Names of results with their headers, in groups; or axes of a sweep."),
      .required(
        "rows", \.rows, help: "Label, value and format of each row; or an axis of a sweep."),
      .optional("value", \.value, help: "Path of the value shown, where rows are an axis."),
      .optional("format", \.cells.format, help: "A filter for it."),
      .optional("best", \.cells.best, help: "Which value of each row to mark."),
      .optional("error", \.cells.showsError, help: "Whether to show the standard error."),
      .optional("spread", \.cells.showsSpread, help: "Whether to show the range from low to high."),
      .optional(
        "where", \.choice, help: "The value to show of axes that are laid out nowhere."),
      .optional(
        "labels", \.labels,
        help: "Headers for values of axes; that of an axis is a pattern such as block of {}."),
      .optional("stub", \.stub, help: "Header of the column of row labels."),
      .optional("compare", \.comparison, help: "Published figures to show beside the results."),
    ]
  }

  var source = Label<AnyResult>()
  var columns = ColumnGroups()
  var rows = TableRows.metrics([])
  var value: Spanned<String>?
  /// How values are shown where rows are an axis.
  var cells = Row()
  var choice = NamedMap<Spanned<String>>()
  var labels = NamedMap<String>()
  var stub: String?
  var comparison = Comparison()

  public init() {}

  /// One row: what it shows of each column.
  struct Row: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("label", \.label, help: "Header of the row."),
        .required("value", \.path, help: "Path of the value in each column's result."),
        .optional("format", \.format, help: "A filter such as ms(2)."),
        .optional("best", \.best, help: "Which value of the row to mark."),
        .optional("error", \.showsError, help: "Whether to show the standard error."),
        .optional("spread", \.showsSpread, help: "Whether to show the range from low to high."),
      ]
    }

    var label = ""
    var path = Spanned("")
    var format = FilterText()
    var best = Best.none
    var showsError = false
    var showsSpread = false

    init() {}
  }

  enum Best: String, SchemaChoice {
    case none, lowest, highest
    static var subject: String { "mark" }
  }

  /// `compare: {with: paper, show: below}`.
  struct Comparison: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("with", \.figures, help: "Label of a published cell."),
        .optional("show", \.show, help: "Where the published figures stand."),
        .optional(
          "difference", \.showsDifference,
          help: "Whether to say how many of our standard errors the two lie apart."),
      ]
    }

    var figures = Label<PublishedFigures>()
    var show = Table.Comparison.below
    var showsDifference = false

    init() {}
  }

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics = scope.knows("rows") ? conflicts : []
    diagnostics += shownRows.flatMap { row in
      row.format.call.map { scope.mistakes(in: $0, appliedTo: nil, at: nil) } ?? []
    }
    let shape = scope.shape(of: source)
    guard case .record(let fields, _, _) = shape else { return diagnostics }
    let all = SweptResults(shape)
    diagnostics += all.problems(with: choice)
    let chosen = all.at(choice)
    let columnAxes = columns.axes(among: chosen.axes) { shape[path: $0] != nil }
    var parts: [(name: Spanned<String>?, shape: Shape)] = []
    if columnAxes != nil {
      parts = [(nil, shape)]
    } else {
      for column in columns.all {
        if let found = shape[path: column.name.value] {
          parts.append((column.name, found))
        } else if FieldPath.names(of: column.name.value).count > 1 {
          diagnostics += PathCheck.problem(column.name, in: shape).map { [$0] } ?? []
        } else {
          let known = fields.map(\.name) + chosen.axes
          diagnostics.append(
            .unknown(
              "column", column.name.value, among: known, .unknownField, at: column.name.span))
        }
      }
    }
    guard scope.knows("rows"), scope.knows("columns"), scope.knows("where") else {
      return diagnostics
    }
    var leaves: [Shape] = []
    for (name, part) in parts {
      let results = SweptResults(part).at(choice)
      if columnAxes == nil, rows.axes.isEmpty, choice.isEmpty {
        leaves.append(part)
      } else if results.isKnown {
        let used = (columnAxes ?? []) + rows.axes
        if let problem = results.problem(using: used, at: name?.span ?? source.span) {
          diagnostics.append(problem)
        } else {
          leaves += results.entries.map(\.leaf)
        }
      }
    }
    diagnostics += shownRows.flatMap { $0.problems(in: leaves, scope) }
    diagnostics += shownRows.compactMap { emptySpread(of: $0, in: scope) }
    if all.isKnown {
      diagnostics += AxisLabels(labels: labels).problems(all.axes) { all.values(of: $0) }
    }
    return diagnostics
  }

  /// That a row's range stays empty, since too few passes are timed.
  private func emptySpread(of row: Row, in scope: CheckScope) -> Diagnostic? {
    let metric = row.path.value.split(separator: ".").first
    let passes = scope.cells(of: source).compactMap { cell, _ -> Int? in
      guard let cell = cell as? EvaluateCell else { return nil }
      switch metric {
      case "latency": return cell.latency.repetitions
      case "growth": return cell.growth.repetitions
      default: return nil
      }
    }
    let fewest = Bootstrap.fewestSamples()
    guard row.showsSpread, let metric, let passes = passes.min(), passes < fewest else {
      return nil
    }
    return Diagnostic(
      .tooFewPasses, "no range can be shown: \(passes) passes are timed, and it takes \(fewest)",
      at: row.path.span, help: "set '\(metric): {repetitions: …}' of '\(source.text)'")
  }

  /// The rows with what they show: one that stands for all where rows are an axis.
  private var shownRows: [Row] {
    guard !rows.axes.isEmpty else { return rows.metrics }
    var row = cells
    if let value { row.path = value }
    return value == nil ? [] : [row]
  }

  /// Keys that need each other or exclude each other.
  private var conflicts: [Diagnostic] {
    guard let axis = rows.axes.first else {
      return value.map {
        [
          Diagnostic(
            .conflictingKeys, "each row says what it shows: 'value' is for rows that are an axis",
            at: $0.span)
        ]
      } ?? []
    }
    var diagnostics: [Diagnostic] = []
    if value == nil {
      diagnostics.append(
        Diagnostic(
          .missingKey, "rows that are an axis need the key 'value'", at: axis.span,
          help: "value: the path of what is shown, such as perplexity.after"))
    }
    if let span = comparison.figures.span {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "published figures have no place in rows that are an axis", at: span))
    }
    return diagnostics
  }

  public func shape(in scope: CheckScope) -> Shape {
    let shape = scope.shape(of: source)
    guard case .record = shape, SweptResults(shape).isKnown,
      let layout = try? TableLayout(withValue, of: shape)
    else { return .open }
    return .record(
      layout.rows.map { row in
        let fields = layout.columns.compactMap { column -> Shape.Field? in
          guard let part = layout.result(row, column), let value = part[path: row.row.path.value]
          else { return nil }
          return Shape.Field(layout.name(of: column), value.asNumber ?? value)
        }
        return Shape.Field(row.row.label, .record(fields))
      })
  }

  /// The cell with the path of its values where the rows take theirs from.
  private var withValue: Self {
    var cell = self
    if let value { cell.cells.path = value }
    return cell
  }

  public func run(in context: CellContext) async throws -> LaidOutTable {
    let results = try await context.value(of: source).value
    var figures: PublishedFigures?
    if !comparison.figures.text.isEmpty {
      figures = try await context.value(of: comparison.figures)
    }
    let layout = try TableLayout(withValue, of: results)
    var rows: [Table.Row] = []
    var values = Record()
    var notes: [String] = []
    if isNoisy(layout) {
      notes.append(
        "The machine was busy: the 95 % interval of a median here is wider than 10 % of it.")
    }
    if !self.rows.axes.isEmpty, !cells.format.unit.isEmpty {
      notes.append("In \(cells.format.unit).")
    }
    for row in layout.rows {
      let (laidOut, record) = try lay(out: row, of: layout, figures, in: context.scope)
      rows.append(laidOut)
      values[laidOut.label] = .record(record)
    }
    return LaidOutTable(
      table: Table(
        stub: layout.stub, groups: layout.groups, rows: rows,
        comparison: figures == nil ? .none : comparison.show,
        publishedSource: figures?.source, notes: notes),
      values: values)
  }

  /// `+13.7 s.e.`: published less ours in standard errors of ours; nil where ours has none.
  private static func difference(
    _ published: NotebookLanguage.Value, from ours: NotebookLanguage.Value
  ) -> String? {
    guard let theirs = published.asNumber?.value, let number = ours.asNumber,
      let error = number.error, error > 0, (theirs - number.value).isFinite
    else { return nil }
    let distance = NotebookLanguage.Value.number((theirs - number.value) / error)
    let sign = theirs < number.value ? "" : "+"
    return "\(sign)\(DisplayedValue(distance).text) s.e."
  }

  /// Whether the table shows a median that was taken while the machine was busy.
  private func isNoisy(_ layout: TableLayout<NotebookLanguage.Value>) -> Bool {
    layout.rows.contains { row in
      layout.columns.contains { column in
        guard let record = Self.spread(at: row.row.path.value, in: layout.result(row, column)),
          case .bool(let isNoisy)? = record["noisy"]
        else { return false }
        return isNoisy
      }
    }
  }

  /// The record that the value at `path` is, or that it is the principal field of, if it has a range.
  private static func spread(at path: String, in result: NotebookLanguage.Value?) -> Record? {
    let parent = path.split(separator: ".").dropLast().joined(separator: ".")
    for candidate in [path, parent] {
      if case .record(let record)? = result?[path: candidate], record["low"] != nil,
        record["high"] != nil
      {
        return record
      }
    }
    return nil
  }

  private func lay(
    out laidRow: TableLayout<NotebookLanguage.Value>.Row,
    of layout: TableLayout<NotebookLanguage.Value>, _ figures: PublishedFigures?,
    in scope: ExpressionScope
  ) throws(Diagnostic) -> (Table.Row, Record) {
    let row = laidRow.row
    var cells: [Table.Cell] = []
    var numbers: [Double?] = []
    var values = Record()
    for column in layout.columns {
      let result = layout.result(laidRow, column)
      let value = result?[path: row.path.value]
      var cell = Table.Cell(value: nil)
      if let value {
        cell.value = try row.shown(
          value, spread: Self.spread(at: row.path.value, in: result), in: scope)
        values[layout.name(of: column)] = value.asNumber.map { .number($0) } ?? value
      }
      numbers.append(value?.asNumber?.value)
      if let published = figures?.figure(column: column.name, path: row.path.value) {
        var shown = try row.shown(published, spread: nil, in: scope)
        if comparison.showsDifference {
          shown.error = value.flatMap { Self.difference(published, from: $0) } ?? ""
        }
        cell.published = shown
      }
      cells.append(cell)
    }
    let finite = numbers.compactMap(\.self).filter(\.isFinite)
    let best = row.best == .lowest ? finite.min() : row.best == .highest ? finite.max() : nil
    for index in cells.indices where best != nil && numbers[index] == best {
      cells[index].isBest = true
    }
    // The unit of rows that are values of an axis stands below the table.
    let unit = laidRow.place.isEmpty ? row.format.unit : ""
    return (Table.Row(label: row.label, unit: unit, cells: cells), values)
  }
}

extension PlotTableCell.Row {
  /// What is wrong with the path in the results, and with the format for what it leads to.
  fileprivate func problems(in results: [Shape], _ scope: CheckScope) -> [Diagnostic] {
    if let problem = PathCheck.problem(path, in: results, wanting: .value) { return [problem] }
    guard let call = format.call else { return [] }
    for shape in results.compactMap({ $0[path: path.value] }) {
      let mistakes = scope.mistakes(in: call, appliedTo: shape, at: path.span)
      if !mistakes.isEmpty { return mistakes }
    }
    return []
  }

  /// A value as the row's format prints it; the unit stands in the row's header.
  fileprivate func shown(
    _ value: Value, spread: Record?, in scope: ExpressionScope
  ) throws(Diagnostic) -> DisplayedValue {
    var shown = try format.apply(to: value, at: path.span, in: scope)
    guard shown.number?.isFinite == true else { return shown }
    if showsSpread, let low = spread?["low"], let high = spread?["high"],
      low.asNumber?.value.isFinite == true
    {
      let low = try format.apply(to: low, at: path.span, in: scope).text
      let high = try format.apply(to: high, at: path.span, in: scope).text
      shown.error = "\(low)–\(high)"
    } else if showsError, shown.error.isEmpty, let error = value.asNumber?.error {
      let number = Value.number(Number(error, unit: value.asNumber?.unit ?? .none))
      shown.error = "± " + (try format.apply(to: number, at: path.span, in: scope).text)
    }
    return shown
  }
}

extension PublishedFigures {
  /// The figure for a path of ours: the longest part of it that the paper has, since a paper prints
  /// one number where we have several (`memory.after` for `memory.after.reported`).
  func figure(column: String, path: String) -> Value? {
    var names = path.split(separator: ".")
    while !names.isEmpty {
      if let value = expressionValue[path: column]?[path: names.joined(separator: ".")],
        value.asNumber != nil
      {
        return value
      }
      names.removeLast()
    }
    return nil
  }
}

/// A table with the values that it shows, by row and column label.
public struct LaidOutTable: CellValue {
  let table: Table
  let values: Record

  public var expressionValue: Value { .record(values) }
  public func display(of record: NotebookLanguage.Value) -> Display? { .table(table) }
}

extension Table.Comparison: SchemaChoice {
  public static var allCases: [Self] { [.none, .below, .toggle] }
  public static var subject: String { "way to compare" }
}
