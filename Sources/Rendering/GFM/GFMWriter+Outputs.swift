import NotebookLanguage

/// What cells show: tables, figures, listings and remarks.
extension GFMWriter {
  mutating func output(_ output: Report.Output) -> String {
    switch output {
    case .table(let table, let caption): return self.table(table, caption)
    case .chart(let chart, let caption): return figure(chart, caption)
    case .listing(let language, let text, _): return listing(language, text)
    case .failure(let failure):
      let place = failure.place.map { " (\(GFMText.codeSpan($0)))" } ?? ""
      return "> [!CAUTION]\n> **\(Escaping.markdown(failure.cell))**: "
        + Escaping.markdown(failure.message) + place
        + (failure.help.map { "\n>\n> Help: " + Escaping.markdown($0) } ?? "")
    case .remark(let text): return "> [!NOTE]\n> " + Escaping.markdown(text)
    }
  }

  private mutating func table(_ table: Table, _ caption: Report.Caption) -> String {
    let written = GFMResultTable(table)
    let body =
      report.options.tableHeader == .html && table.hasGroups
      ? written.html : written.flat(&text.footnotes)
    let parts = [head(of: table, caption), body, written.notes].filter { !$0.isEmpty }
    return (parts + (table.summary == nil ? [] : ["</details>"])).joined(separator: "\n\n")
  }

  private mutating func head(of table: Table, _ caption: Report.Caption) -> String {
    if let summary = table.summary {
      return "<details><summary>\(Escaping.line(summary))</summary>"
    }
    guard caption.number != nil || !caption.text.isEmpty else { return anchor(caption.identifier) }
    return anchor(caption.identifier) + line("Table", caption)
  }

  private mutating func line(_ kind: String, _ caption: Report.Caption) -> String {
    "**\(caption.title(of: kind))** " + text.singleLine(caption.text)
  }

  private mutating func figure(_ chart: Chart, _ caption: Report.Caption) -> String {
    chartCount += 1
    let name = caption.identifier ?? "figure-\(chartCount)"
    let anchor = anchor(caption.identifier)
    let line = line("Figure", caption)
    guard place == .folder else {
      chartsLeftOut.append(name)
      return anchor + line + "\n\n" + data(of: chart)
    }
    let title = report.plain(caption.text)
    let description = caption.alternative ?? title
    let path = text.files.add(
      chart: ChartSVG(chart).standalone(title: title, description: description), named: name)
    let image =
      "![\(Escaping.markdown(description))](\(Escaping.address(ofFile: path)))"
    let data = "<details><summary>Data of the figure</summary>\n\n\(data(of: chart))\n\n</details>"
    return [anchor + image, line, data].joined(separator: "\n\n")
  }

  private mutating func data(of chart: Chart) -> String {
    let data = ChartData(chart)
    let rows = data.rows.map { row in
      [Escaping.markdown(row.name)]
        + row.values.map { value in
          value.map { text.value($0) } ?? "—"
        }
    }
    return GFMTable(header: [""] + data.header.map(Escaping.markdown), rows: rows).text
  }
}
