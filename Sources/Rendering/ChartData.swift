import NotebookLanguage

/// The values of a chart in rows and columns.
struct ChartData {
  struct Row {
    var name: String
    /// One a column; nil where there is none.
    var values: [DisplayedValue?]
  }

  /// Of the columns of values.
  let header: [String]
  let rows: [Row]

  init(_ chart: Chart) {
    switch chart.kind {
    case .line, .scatter:
      header = [chart.x.label, chart.y.label]
      rows = chart.series.flatMap { series in
        series.points.map { point in
          Row(
            name: Self.name([series.facet, series.label, point.label]),
            values: [point.xValue, chart.shown(point)])
        }
      }
    case .histogram:
      header = [chart.y.label]
      rows = chart.series.flatMap { series in
        series.points.map { point in
          Row(name: Self.name([series.facet, series.label, point.label]), values: [point.yValue])
        }
      }
    case .heatmap:
      // As it is drawn: a row for each series.
      header = chart.categories
      rows = chart.series.map { series in
        Row(
          name: Self.name([series.facet, series.label]),
          values: chart.categories.indices.map { Self.value(series, $0, of: chart) })
      }
    case .bar, .slope:
      let first = chart.series(of: chart.facets[0])
      header = first.map { Self.name([chart.y.label, $0.label]) }
      rows = chart.facets.flatMap { facet in
        let series = chart.series(of: facet)
        return chart.categories.enumerated().map { index, category in
          Row(
            name: Self.name([facet, category]),
            values: first.map { column in
              series.first { $0.label == column.label }.flatMap { Self.value($0, index, of: chart) }
            })
        }
      }
    }
  }

  private static func value(
    _ series: Chart.Series, _ index: Int, of chart: Chart
  ) -> DisplayedValue? {
    series.points.indices.contains(index) ? chart.shown(series.points[index]) : nil
  }

  private static func name(_ parts: [String]) -> String {
    parts.filter { !$0.isEmpty }.joined(separator: ": ")
  }
}

extension Chart {
  /// The series of one small multiple.
  func series(of facet: String) -> [Series] { series.filter { $0.facet == facet } }
}
