import NotebookLanguage

/// The values of a chart as a table, for screen readers and whoever wants figures.
enum ChartDataTable {
  static func html(_ chart: Chart) -> String {
    let data = ChartData(chart)
    let header = data.header.map { "<th scope=\"col\">\(Escaping.text($0))</th>" }.joined()
    let rows = data.rows.map { row in
      let cells = row.values.map { value in
        "<td>\(value.map { HTMLValue.span($0) } ?? "—")</td>"
      }
      return "<tr><th scope=\"row\">\(Escaping.text(row.name))</th>\(cells.joined())</tr>"
    }
    return "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      + "aria-label=\"Data of the figure\"><table class=\"results\"><thead><tr><td></td>"
      + "\(header)</tr></thead><tbody>\(rows.joined())</tbody></table></div>"
  }
}
