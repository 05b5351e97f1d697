import Diagnostics
import NotebookLanguage

/// Which result each cell of a table shows: columns are results by name, or the values of axes; rows
/// are paths in them, or the values of axes.
struct TableLayout<Tree: ResultTree> {
  typealias Place = [AxisCoordinate]

  struct Column {
    /// Header over the neighbouring columns of the group; empty where there is none.
    var group: String
    var label: String
    /// What published figures call the column.
    var name: String
    var place: Place
    fileprivate var results: SweptResults<Tree>
    /// The result as it is, where no axis is laid out in it.
    fileprivate var whole: Tree?
  }

  struct Row {
    var row: PlotTableCell.Row
    var place: Place
  }

  let columns: [Column]
  let rows: [Row]
  let stub: String

  /// - Throws: what is wrong with the axes.
  init(_ cell: PlotTableCell, of results: Tree) throws(Diagnostic) {
    let labels = AxisLabels(labels: cell.labels)
    let all = SweptResults(results).at(cell.choice)
    let rowAxes = cell.rows.axes
    if let axes = cell.columns.axes(among: all.axes, unless: { results[path: $0] != nil }) {
      if let problem = all.problem(using: axes + rowAxes, at: cell.source.span) { throw problem }
      columns = all.places(along: axes.map(\.value)).map { place in
        Column(
          group: place.count > 1 ? labels.label(of: Array(place.prefix(1))) : "",
          label: labels.label(of: place.count > 1 ? Array(place.dropFirst()) : place),
          name: FieldPath.text(of: place.map(\.value)), place: place, results: all)
      }
    } else {
      var columns: [Column] = []
      for group in cell.columns.groups {
        for column in group.columns {
          let whole = results[path: column.name.value]
          let part = SweptResults(whole ?? .empty).at(cell.choice)
          let isLaidOut = !rowAxes.isEmpty || !cell.choice.isEmpty
          if isLaidOut, let problem = part.problem(using: rowAxes, at: column.name.span) {
            throw problem
          }
          columns.append(
            Column(
              group: group.label, label: column.label, name: column.name.value, place: [],
              results: part, whole: isLaidOut ? nil : whole))
        }
      }
      self.columns = columns
    }
    switch cell.rows {
    case .metrics(let metrics):
      rows = metrics.map { Row(row: $0, place: []) }
      stub = cell.stub ?? ""
    case .axes(let axes):
      // The values of the first column with them: others that lack one show a dash.
      let names = axes.map(\.value)
      var places: [Place] = []
      for column in columns {
        for place in column.results.places(along: names) where !places.contains(place) {
          places.append(place)
        }
        if !column.place.isEmpty { break }
      }
      rows = places.map { place in
        var row = cell.cells
        row.label = labels.label(of: place)
        return Row(row: row, place: place)
      }
      stub = cell.stub ?? names.map(AxisLabels.title).joined(separator: ", ")
    }
  }

  /// The result that the row's path is looked up in; nil where there is none.
  func result(_ row: Row, _ column: Column) -> Tree? {
    column.whole ?? column.results.leaf(at: column.place + row.place)
  }

  /// What expressions call the column in each row.
  func name(of column: Column) -> String {
    column.place.count < 2 ? column.label : "\(column.group), \(column.label)"
  }

  /// Neighbouring columns of one group under its header.
  var groups: [Table.Group] {
    var groups: [Table.Group] = []
    for column in columns {
      if groups.last?.label == column.group {
        groups[groups.count - 1].columns.append(Table.Column(label: column.label))
      } else {
        groups.append(
          Table.Group(label: column.group, columns: [Table.Column(label: column.label)]))
      }
    }
    return groups
  }
}

extension ColumnGroups {
  /// The columns as axes, where all of them name one and none names a result.
  func axes(among known: [String], unless isResult: (String) -> Bool) -> [Spanned<String>]? {
    guard groups.count == 1, groups[0].label.isEmpty, !all.isEmpty,
      all.allSatisfy({
        $0.label == $0.name.value && known.contains($0.name.value) && !isResult($0.name.value)
      })
    else { return nil }
    return all.map(\.name)
  }
}

/// `rows:` of a table: what each shows, or the axes whose values they are.
enum TableRows: SchemaValue {
  case metrics([PlotTableCell.Row])
  case axes([Spanned<String>])

  static var typeName: String { "a list of rows, or the name of an axis" }
  static var form: SchemaForm { .anyOf([.list(PlotTableCell.Row.form), .list(.text)]) }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    var isAxes = node.scalar != nil && !node.isNull
    if case .sequence(let nodes) = node.content {
      guard !nodes.isEmpty else {
        diagnostics.append(Diagnostic(.missingKey, "a table needs at least one row", at: node.span))
        return nil
      }
      isAxes = nodes.allSatisfy { $0.scalar != nil }
    }
    return isAxes
      ? [Spanned<String>].decode(node, &diagnostics).map { .axes($0) }
      : [PlotTableCell.Row].decode(node, &diagnostics).map { .metrics($0) }
  }

  var expressions: [Expression] { metrics.flatMap(\.expressions) }
  var metrics: [PlotTableCell.Row] { if case .metrics(let rows) = self { rows } else { [] } }
  var axes: [Spanned<String>] { if case .axes(let axes) = self { axes } else { [] } }
}
