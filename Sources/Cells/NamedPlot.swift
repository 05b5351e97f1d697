import Diagnostics
import NotebookLanguage

/// A chart of results by name: a point, a bar or a line each.
struct NamedPlot {
  private let cell: PlotCell
  private let results: Value
  private let names: [String]

  /// - Throws: that there are no results by name.
  init(_ cell: PlotCell, of results: Value) throws(Diagnostic) {
    self.cell = cell
    self.results = results
    if !cell.columns.all.isEmpty {
      names = cell.columns.all.map(\.name.value)
    } else if case .record(let record) = results {
      let records = record.fields.filter { if case .record = $0.value { true } else { false } }
      names = cell.labels.entries.isEmpty ? records.map(\.name) : cell.labels.names
    } else {
      throw Diagnostic(
        .wrongKindOfLabel, "'\(cell.source.text)' has no results by name to draw",
        at: cell.source.span)
    }
  }

  /// - Throws: paths that lead to no number.
  func chart() throws(Diagnostic) -> Chart {
    let paths = cell.drawnPaths
    var series: [Chart.Series] = []
    for (index, (label, path)) in paths.enumerated() {
      if cell.kind == .histogram {
        for name in names { series.append(try samples(of: name, path, series: label)) }
      } else if cell.kind == .line, isList(path) {
        for (place, name) in names.enumerated() {
          var line = try line(of: name, path, series: label)
          if names.count > 1 { (line.colour, line.dash) = (place, index) }
          series.append(line)
        }
      } else {
        series.append(Chart.Series(label: label, points: try points(path)))
      }
    }
    let shown = cell.titlePaths ?? paths.map(\.path.value)
    let isHistogram = cell.kind == .histogram
    return Chart(
      kind: cell.kind,
      x: cell.axis(.x, title: title(of: isHistogram ? shown : [cell.x?.value ?? ""])),
      y: cell.axis(.y, title: isHistogram ? "Samples" : title(of: shown)), series: series,
      errors: cell.errorBars.value.drawn)
  }

  private func points(_ path: Spanned<String>) throws(Diagnostic) -> [Chart.Point] {
    var points: [Chart.Point] = []
    for (index, name) in names.enumerated() {
      let vertical = try number(of: name, path)
      var horizontal = Number(Double(index), origin: .given)
      if let x = cell.x { horizontal = try number(of: name, x) }
      points.append(PlotCell.point(title(of: name), x: horizontal, y: vertical))
    }
    return cell.kind == .line ? points.sorted { $0.x < $1.x } : points
  }

  private func number(of name: String, _ path: Spanned<String>) throws(Diagnostic) -> Number {
    guard let number = results[path: name]?[path: path.value]?.asNumber else {
      throw Diagnostic(
        .unknownField, "'\(name)' has no number at '\(path.value)'", at: path.span)
    }
    return number
  }

  // MARK: - Lists

  private func isList(_ path: Spanned<String>) -> Bool {
    names.contains { name in
      if case .list? = results[path: name]?[path: path.value] { true } else { false }
    }
  }

  /// The points of one result, in the order of its lists.
  private func line(
    of name: String, _ path: Spanned<String>, series label: String
  ) throws(Diagnostic) -> Chart.Series {
    let vertical = try numbers(of: name, path)
    let across = cell.x ?? path
    let horizontal = try numbers(of: name, across)
    guard horizontal.count == vertical.count else {
      throw Diagnostic(
        .impossibleSetting,
        "'\(name)' has \(vertical.count) values at '\(path.value)', but \(horizontal.count) at "
          + "'\(across.value)'", at: path.span,
        notes: [Diagnostic.Note("the horizontal values are named here", at: across.span)],
        help: "a line needs lists of equal length, such as growth.prefill.tokens and "
          + "growth.prefill.before")
    }
    return Chart.Series(
      label: seriesTitle(name, label),
      points: zip(horizontal, vertical).map { PlotCell.point("", x: $0, y: $1) })
  }

  /// For `Chart.binned`.
  private func samples(
    of name: String, _ path: Spanned<String>, series label: String
  ) throws(Diagnostic) -> Chart.Series {
    let one = Number(1, origin: .given)
    return Chart.Series(
      label: seriesTitle(name, label),
      points: try numbers(of: name, path).map { PlotCell.point("", x: $0, y: one) })
  }

  private func numbers(of name: String, _ path: Spanned<String>) throws(Diagnostic) -> [Number] {
    guard case .list(let values)? = results[path: name]?[path: path.value] else {
      throw Diagnostic(
        .unknownField, "'\(name)' has no list of values at '\(path.value)'", at: path.span)
    }
    return values.compactMap(\.asNumber)
  }

  // MARK: - Titles

  private func seriesTitle(_ name: String, _ label: String) -> String {
    label.isEmpty ? title(of: name) : "\(title(of: name)), \(label)"
  }

  private func title(of name: String) -> String {
    cell.labels[name] ?? cell.columns.all.first { $0.name.value == name }?.label ?? name
  }

  private func title(of paths: [String]) -> String {
    PlotCell.axisTitle(paths) { path in
      guard let name = names.first, let value = results[path: name]?[path: path] else { return "" }
      if case .list(let values) = value { return values.first?.asNumber?.unit.plotName ?? "" }
      return value.asNumber?.unit.plotName ?? ""
    }
  }
}
