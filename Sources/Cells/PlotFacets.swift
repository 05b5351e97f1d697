import Diagnostics
import NotebookLanguage

/// The small multiples of a chart: the cell once for each value of an axis, or for each path.
enum PlotFacets {
  struct Part {
    /// Empty where the chart is one plot.
    var label: String
    var cell: PlotCell
  }

  /// More are no chart that a person reads.
  static let most = 24

  /// - Throws: what is wrong with `facet:`.
  static func parts<Leaf>(
    of cell: PlotCell, among all: SweptResults<Leaf>
  ) throws(Diagnostic) -> [Part] {
    let parts =
      if let axis = cell.facet.axis { try self.parts(of: cell, along: axis, among: all) } else {
        paths(of: cell)
      }
    guard parts.count <= most else {
      throw Diagnostic(
        .impossibleSetting, "\(parts.count) small multiples are too many: at most \(most)",
        at: cell.facet.axis?.span ?? cell.facet.paths.entries.first?.value.span,
        help: "choose some with 'where' or 'columns'")
    }
    return parts
  }

  private static func paths(of cell: PlotCell) -> [Part] {
    let entries = cell.facet.paths.entries
    guard !entries.isEmpty else { return [Part(label: "", cell: cell)] }
    return entries.map { entry in
      var part = cell
      part.facet = .none
      part.y = entry.value
      part.titlePaths = entries.map(\.value.value)
      return Part(label: entry.name.value, cell: part)
    }
  }

  private static func parts<Leaf>(
    of cell: PlotCell, along axis: Spanned<String>, among all: SweptResults<Leaf>
  ) throws(Diagnostic) -> [Part] {
    guard all.axes.contains(axis.value) else {
      var problem = Diagnostic.unknown(
        "axis", axis.value, among: all.axes, .unknownField, at: axis.span)
      if axis.value.contains(".") {
        problem.help = "paths stand in a list: [\(axis.value)]"
      } else if all.axes.isEmpty {
        problem.help = "these results range over no axis; a list of paths draws a plot for each"
      }
      throw problem
    }
    for other in [cell.x, cell.series.axis].compactMap(\.self) where other.value == axis.value {
      throw Diagnostic(
        .conflictingKeys, "'\(axis.value)' is laid out twice", at: axis.span,
        notes: [Diagnostic.Note("the first time here", at: other.span)])
    }
    if let chosen = cell.choice.entries.first(where: { $0.name.value == axis.value }) {
      throw Diagnostic(
        .conflictingKeys, "'where' leaves one value of '\(axis.value)' to draw", at: axis.span,
        notes: [Diagnostic.Note("it is chosen here", at: chosen.name.span)])
    }
    let isSubject = axis.value == Subjects.axis
    return values(of: axis.value, cell, all).map { value in
      var part = cell
      part.facet = .none
      let column = cell.columns.all.first { $0.name.value == value }
      if isSubject {
        let chosen = column ?? .init(name: Spanned(value, at: axis.span), label: value)
        part.columns = ColumnGroups(groups: [.init(label: "", columns: [chosen])])
      } else {
        part.choice.entries.append(.init(name: axis, value: Spanned(value, at: axis.span)))
      }
      var label = AxisLabels(labels: cell.labels).label(of: value, on: axis.value)
      if label == value { label = column?.label ?? label }
      // A number alone does not say what it is of.
      if label == value, Double(value) != nil {
        label = "\(AxisLabels.title(of: axis.value)) \(value)"
      }
      return Part(label: label, cell: part)
    }
  }

  private static func values<Leaf>(
    of axis: String, _ cell: PlotCell, _ all: SweptResults<Leaf>
  ) -> [String] {
    let values = all.at(cell.choice).of(cell.columns.all.map(\.name.value)).values(of: axis)
    // Labels of results by name choose them.
    guard all.axes == [Subjects.axis], cell.columns.all.isEmpty, !cell.labels.isEmpty
    else { return values }
    return cell.labels.names.filter(values.contains)
  }

  // MARK: - Joining

  /// One chart of the plots: series of one name have one colour, and all have the same categories.
  static func joined(_ parts: [(label: String, chart: Chart)]) -> Chart {
    guard var chart = parts.first?.chart else {
      return Chart(kind: .bar, x: .init(label: ""), y: .init(label: ""), series: [])
    }
    guard parts.count > 1 || parts[0].label != "" else { return chart }
    // One series of the same name in each: the title says it.
    let isNamedTwice = parts.allSatisfy { $0.chart.series.map(\.label) == [$0.label] }
    var names: [String] = []
    chart.series = parts.flatMap { part in
      part.chart.series.map { series in
        var series = series
        if isNamedTwice { series.label = "" }
        if !names.contains(series.label) { names.append(series.label) }
        series.facet = part.label
        series.colour = series.colour ?? names.firstIndex(of: series.label)
        return series
      }
    }
    return chart.kind.hasCategories ? chart.aligned : chart
  }
}

extension Chart {
  /// The same with every category in every series: what a series lacks is a gap.
  fileprivate var aligned: Chart {
    let lists = series.map { $0.points.map(\.label) }
    guard Set(lists).count > 1 else { return self }
    var categories: [String] = []
    for name in lists.joined() where !categories.contains(name) { categories.append(name) }
    var chart = self
    for index in chart.series.indices {
      let points = chart.series[index].points
      chart.series[index].points = categories.enumerated().map { place, name in
        var point = points.first { $0.label == name } ?? Point.missing(name)
        point.x = Double(place)
        return point
      }
    }
    return chart
  }

  /// The same with categories ordered by the values of the first series; what has none comes last.
  func sorted(_ order: PlotCell.Order) -> Chart {
    guard order != .given, kind.hasCategories, let first = series.first else { return self }
    let values = first.points.map(\.y)
    let places = values.indices.sorted { one, other in
      let (a, b) = (values[one], values[other])
      if a.isNaN || b.isNaN { return !a.isNaN || (b.isNaN && one < other) }
      if a == b { return one < other }
      return order == .ascending ? a < b : a > b
    }
    var chart = self
    for index in chart.series.indices where series[index].points.count == places.count {
      chart.series[index].points = places.enumerated().map { place, from in
        var point = series[index].points[from]
        point.x = Double(place)
        return point
      }
    }
    return chart
  }
}

extension Chart.Point {
  /// Of a category without a result.
  static func missing(_ label: String) -> Self {
    Self(
      label: label, x: 0, y: .nan, xValue: DisplayedValue(text: label),
      yValue: DisplayedValue(text: "—", cause: "there is no such result"))
  }
}
