public import NotebookLanguage

/// The picture by which a site's index shows a report: its first chart.
public enum SiteThumbnail {
  /// SVG as a file of its own; nil for a report without a chart.
  public static func svg(of report: Report) -> String? {
    for case .chart(let chart, _) in report.outputs.joined() {
      return ChartSVG(chart).standalone(title: "", description: "")
    }
    return nil
  }
}
