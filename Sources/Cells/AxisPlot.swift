import Diagnostics
import NotebookLanguage

/// How a chart lays out the axes of a sweep: one along the horizontal, one as series.
struct AxisPlot {
  private let cell: PlotCell
  /// The axis along the horizontal; nil where that is a path in the results.
  let horizontal: Spanned<String>?

  /// nil where the chart has nothing to do with axes: it draws results by name.
  init?<Leaf>(_ cell: PlotCell, of all: SweptResults<Leaf>) {
    let axes = all.axes
    let isSwept = axes.contains { $0 != Subjects.axis }
    let namesAxis = cell.x.map { axes.contains($0.value) } ?? false
    guard cell.series.axis != nil || namesAxis || (isSwept && cell.columns.all.isEmpty) else {
      return nil
    }
    self.cell = cell
    var horizontal = namesAxis ? cell.x : nil
    if cell.kind.hasCategories, cell.x == nil {
      // Categories need no `x` where there is no choice.
      let chosen = Self.results(all, of: cell)
      let free = chosen.axes.filter {
        $0 != cell.series.axis?.value && chosen.values(of: $0).count > 1
      }
      horizontal = free.count == 1 ? Spanned(free[0], at: cell.source.span) : nil
    }
    self.horizontal = horizontal
  }

  /// The results that are drawn.
  func results<Leaf>(_ all: SweptResults<Leaf>) -> SweptResults<Leaf> {
    Self.results(all, of: cell)
  }

  private static func results<Leaf>(
    _ all: SweptResults<Leaf>, of cell: PlotCell
  ) -> SweptResults<Leaf> {
    all.at(cell.choice).of(cell.columns.all.map(\.name.value))
  }

  /// Why the results cannot be drawn like this.
  func problem<Leaf>(in all: SweptResults<Leaf>) -> Diagnostic? {
    let chosen = results(all)
    let used = [horizontal, cell.series.axis].compactMap(\.self)
    if cell.kind == .histogram {
      return Diagnostic(
        .conflictingKeys, "a histogram draws results by name, not the values of axes",
        at: cell.series.axis?.span ?? cell.source.span, help: "give the results with 'columns'")
    }
    if cell.kind.hasCategories, horizontal == nil {
      let subject =
        switch cell.kind {
        case .heatmap: "the columns are"
        case .slope: "the lines are"
        default: "the bars stand along"
        }
      return Diagnostic(
        .missingKey, "these results range over axes: say which one \(subject) with 'x'",
        at: cell.x?.span ?? cell.source.span,
        help: "axes: " + chosen.axes.joined(separator: ", "))
    }
    // Points may be those of any axes; along a line, one varies.
    let free = horizontal != nil ? 0 : cell.kind == .scatter ? Int.max : 1
    if let problem = chosen.problem(using: used, free: free, at: cell.source.span) {
      return problem
    }
    if !cell.kind.hasCategories, let horizontal,
      let text = chosen.values(of: horizontal.value).first(where: { Double($0) == nil })
    {
      return Diagnostic(
        .wrongType, "'\(horizontal.value)' has values that are no numbers, such as '\(text)'",
        at: horizontal.span, help: "draw them with kind: bar, or as series: \(horizontal.value)")
    }
    return nil
  }

  // MARK: - Drawing

  /// - Throws: what is wrong with the axes, and values that are no numbers.
  func chart(of all: SweptResults<Value>) throws(Diagnostic) -> Chart {
    if let problem = problem(in: all) { throw problem }
    let chosen = results(all)
    let labels = AxisLabels(labels: cell.labels)
    let paths = cell.drawnPaths
    var series: [Chart.Series] = []
    if let axis = cell.series.axis {
      for value in chosen.values(of: axis.value) {
        let place = [AxisCoordinate(axis: axis.value, value: value)]
        series.append(
          Chart.Series(
            label: labels.label(of: place),
            points: try points(paths[0].path, of: chosen, at: place, labels)))
      }
    } else {
      for (label, path) in paths {
        series.append(
          Chart.Series(label: label, points: try points(path, of: chosen, at: [], labels)))
      }
    }
    let shown = cell.titlePaths ?? paths.map(\.path.value)
    return Chart(
      kind: cell.kind, x: cell.axis(.x, title: horizontalTitle(chosen)),
      y: cell.axis(.y, title: pathTitle(shown, chosen)),
      seriesTitle: cell.series.axis.map { AxisLabels.title(of: $0.value) } ?? "", series: series,
      errors: cell.errorBars.value.drawn)
  }

  private func points(
    _ path: Spanned<String>, of results: SweptResults<Value>,
    at place: [AxisCoordinate], _ labels: AxisLabels
  ) throws(Diagnostic) -> [Chart.Point] {
    if let horizontal, cell.kind.hasCategories {
      return try categories(path, of: results, at: place, along: horizontal.value, labels)
    }
    var points: [Chart.Point] = []
    let varying = results.axes.filter { axis in
      results.values(of: axis).count > 1 && !place.contains { $0.axis == axis }
    }
    for entry in results.entries where place.allSatisfy({ entry.place.contains($0) }) {
      let y = try number(at: path, of: entry)
      let x: Number
      if let horizontal {
        guard let value = entry.value(of: horizontal.value).flatMap(Double.init) else { continue }
        x = Number(value, origin: .given)
      } else {
        x = try number(at: cell.x ?? path, of: entry)
      }
      // What tells the point from others of its series; a line's points are called as the line.
      let own = cell.kind == .scatter ? entry.place.filter { varying.contains($0.axis) } : []
      points.append(PlotCell.point(labels.label(of: own), x: x, y: y))
    }
    return cell.kind == .line ? points.sorted { $0.x < $1.x } : points
  }

  /// A point, or a gap, for each value of the axis.
  private func categories(
    _ path: Spanned<String>, of results: SweptResults<Value>,
    at place: [AxisCoordinate], along axis: String, _ labels: AxisLabels
  ) throws(Diagnostic) -> [Chart.Point] {
    var points: [Chart.Point] = []
    for (index, value) in results.values(of: axis).enumerated() {
      let bar = place + [AxisCoordinate(axis: axis, value: value)]
      let label = labels.label(of: value, on: axis)
      let x = Number(Double(index), origin: .given)
      if let entry = results.entry(at: bar) {
        points.append(PlotCell.point(label, x: x, y: try number(at: path, of: entry)))
      } else {
        var gap = Chart.Point.missing(label)
        gap.x = x.value
        points.append(gap)
      }
    }
    return points
  }

  private func number(
    at path: Spanned<String>, of entry: SweptResults<Value>.Entry
  ) throws(Diagnostic) -> Number {
    guard let number = entry.leaf[path: path.value]?.asNumber else {
      let name = FieldPath.text(of: entry.place.map(\.value))
      throw Diagnostic(.unknownField, "'\(name)' has no number at '\(path.value)'", at: path.span)
    }
    return number
  }

  // MARK: - Titles

  private func horizontalTitle(_ results: SweptResults<Value>) -> String {
    // The names of a slope chart's lines stand at their ends.
    if cell.kind == .slope { return "" }
    return horizontal.map { AxisLabels.title(of: $0.value) }
      ?? cell.x.map { pathTitle([$0.value], results) } ?? ""
  }

  private func pathTitle(_ paths: [String], _ results: SweptResults<Value>) -> String {
    PlotCell.axisTitle(paths) { path in
      results.entries.first?.leaf[path: path]?.asNumber?.unit.plotName ?? ""
    }
  }
}
