import NotebookLanguage

/// The values of a chart as a table, for screen readers and whoever wants figures: each with its error
/// and cause in words, but without how it was measured, which would be as long as all the rest.
enum ChartDataTable {
  static func html(_ chart: Chart) -> String {
    let data = ChartData(chart)
    let header = data.header.map { "<th scope=\"col\">\(Escaping.text($0))</th>" }.joined()
    let rows = data.rows.map { row in
      let cells = row.values.map { "<td>\($0.map(text) ?? "—")</td>" }
      return "<tr><th scope=\"row\">\(Escaping.text(row.name))</th>\(cells.joined())</tr>"
    }
    return "<div class=\"scroll\" tabindex=\"0\" role=\"group\" "
      + "aria-label=\"Data of the figure\"><table class=\"results\"><thead><tr><td></td>"
      + "\(header)</tr></thead><tbody>\(rows.joined())</tbody></table></div>"
  }

  private static func text(_ value: DisplayedValue) -> String {
    let error =
      value.error.isEmpty ? "" : " <span class=\"error\">\(Escaping.text(value.error))</span>"
    let cause = value.cause.map { " (\(Escaping.text($0)))" } ?? ""
    return Escaping.text(value.text) + error + cause
  }
}
