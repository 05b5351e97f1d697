public import NotebookLanguage

/// Writes each table of a report, and the data of each chart, as a file of comma-separated values.
///
/// Numbers stand with all their digits and in the unit that a column names, standard errors in a column
/// of their own: `inf` and `nan` are read by pandas and R. Reference: RFC 4180.
public struct CSVRenderer: Sendable {
  public init() {}

  /// A file for each table and chart, called as its label.
  public func render(_ report: Report) -> [ReportFile] {
    var files: [ReportFile] = []
    var counts: [String: Int] = [:]
    func add(_ kind: String, _ caption: Report.Caption, _ rows: [[String]]) {
      counts[kind, default: 0] += 1
      let name = caption.identifier ?? "\(kind)-\(counts[kind] ?? 1)"
      files.append(ReportFile(path: "\(report.name)_files/\(name).csv", text: Self.text(of: rows)))
    }
    for output in report.outputs.joined() {
      switch output {
      case .table(let table, let caption): add("table", caption, Self.rows(of: table))
      case .chart(let chart, let caption): add("figure", caption, Self.rows(of: chart))
      case .listing, .failure, .remark: break
      }
    }
    return files
  }

  // MARK: - Tables

  /// A column of the file: a table's own, or what stands beside its values.
  private struct Column {
    var title: String
    var field: (Table.Cell) -> String
    /// Whether it is left out where all its fields are empty.
    var isOptional = true
  }

  private static func rows(of table: Table) -> [[String]] {
    let titles = table.groups.flatMap { group in
      group.columns.map {
        group.label.isEmpty ? $0.label : "\(group.label): \($0.label)"
      }
    }
    let columns = titles.indices.map { index in
      [
        Column(title: titles[index], field: { value($0.value) }, isOptional: false),
        Column(title: "\(titles[index]), error", field: { number($0.value?.standardError) }),
        Column(title: "\(titles[index]), published", field: { value($0.published) }),
      ].filter { column in
        !column.isOptional
          || table.rows.contains { row in
            row.cells.indices.contains(index) && !column.field(row.cells[index]).isEmpty
          }
      }
    }
    let units = table.rows.map { row in
      row.cells.lazy.compactMap { $0.value?.unit.rawValue }.first { !$0.isEmpty } ?? ""
    }
    let hasUnits = units.contains { !$0.isEmpty }
    let header =
      [text(table.stub)] + (hasUnits ? ["unit"] : []) + columns.joined().map(\.title).map(text)
    return [header]
      + table.rows.indices.map { index in
        let row = table.rows[index]
        let fields = zip(row.cells, columns).flatMap { cell, columns in
          columns.map { $0.field(cell) }
        }
        return [text(row.label)] + (hasUnits ? [units[index]] : []) + fields
      }
  }

  // MARK: - Charts

  /// The data as they are drawn, in the units that the axes name.
  private static func rows(of chart: Chart) -> [[String]] {
    let hasNumbersAcross = !chart.kind.hasCategories
    let hasFacets = chart.facets != [""]
    let points = chart.series.flatMap { series in series.points.map { (series, $0) } }
    let hasErrors = points.contains { $0.1.error != nil }
    let header =
      (hasFacets ? ["facet"] : []) + ["series", "label"]
      + (hasNumbersAcross ? [text(chart.x.label)] : []) + [text(chart.y.label)]
      + (hasErrors ? ["error"] : [])
    return [header]
      + points.map { series, point in
        (hasFacets ? [text(series.facet)] : []) + [text(series.label), text(point.label)]
          + (hasNumbersAcross ? [number(point.x)] : [])
          + [number(point.y)] + (hasErrors ? [number(point.error)] : [])
      }
  }

  // MARK: - Fields

  private static func value(_ value: DisplayedValue?) -> String {
    guard let value else { return "" }
    return value.number.map { number($0) } ?? text(value.text)
  }

  private static func number(_ number: Double?) -> String {
    guard let number else { return "" }
    return Int(exactly: number).map(String.init) ?? number.description
  }

  /// A text that no spreadsheet takes for a formula: a notebook may be a stranger's.
  ///
  /// Source: OWASP, "CSV Injection"; with the wide forms of the signs, and spaces before them.
  private static func text(_ text: String) -> String {
    let text = Escaping.replacing(text) { _ in nil }
    let first = text.unicodeScalars.first {
      !$0.properties.isWhitespace || "\t\r\n".unicodeScalars.contains($0)
    }
    guard let first, "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first) else { return text }
    return "'" + text
  }

  private static func text(of rows: [[String]]) -> String {
    rows.map { $0.map(quoted).joined(separator: ",") + "\r\n" }.joined()
  }

  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    return needsQuotes ? "\"\(Escaping.replacing(field) { $0 == "\"" ? "\"\"" : nil })\"" : field
  }
}
