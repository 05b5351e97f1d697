import Foundation
import NotebookLanguage
import NotebookRunner

/// A difference of two results files as a table for people.
enum DifferenceText {
  static func of(_ difference: ResultsDifference, showsMeasurements: Bool) -> String {
    var text = edited(difference) + settings(difference.settings)
    let shown = difference.figures.filter {
      showsMeasurements || $0.kind == .computed || $0.kind == .ratio
    }
    if !shown.isEmpty { text += table(shown) }
    let hidden = difference.figures.count - shown.count
    text += "\(difference.equalCount) figures are equal, \(shown.count) differ"
    if hidden > 0 { text += "; \(hidden) times, peaks of memory and errors are not shown (--all)" }
    return text + "\n"
  }

  static func settings(_ settings: [ResultsDifference.Setting]) -> String {
    settings.map {
      "\($0.subject) \($0.name): \($0.old ?? "absent") → \($0.new ?? "absent")\n"
    }.joined()
  }

  /// The values that were changed by hand, a line each.
  static func edited(_ difference: ResultsDifference) -> String {
    difference.edited.map { "the value of '\($0.value)' in \($0.file) was edited\n" }.joined()
  }

  /// Path, both values, the change and what it is in standard errors.
  ///
  /// - Parameter allowed: how far each may move; a column of its own where it is given.
  static func table(
    _ figures: [ResultsDifference.Figure], allowed: ResultsDifference.Tolerance? = nil
  ) -> String {
    let head = ["figure", "old", "new", "change", "standard errors"]
    let rows =
      [head + (allowed == nil ? [] : ["allowed"])]
      + figures.map { figure in
        [
          figure.path, text(figure.old), text(figure.new),
          figure.relativeChange.map { String(format: "%+.3f %%", $0 * 100) } ?? "",
          figure.standardErrors.map { String(format: "%+.2f", $0) } ?? "",
        ] + (allowed.map { [text($0, for: figure)] } ?? [])
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private static func text(
    _ allowed: ResultsDifference.Tolerance, for figure: ResultsDifference.Figure
  ) -> String {
    switch figure.kind {
    case .computed: Share(allowed.computed).text
    case .ratio where figure.isLooseRatio: "\(Share(allowed.looseRatio).text), no interval"
    case .ratio: "\(Share(allowed.ratio).text) between intervals"
    case .measured, .uncertainty: ""
    }
  }

  private static func text(_ value: Double?) -> String {
    guard let value else { return "absent" }
    if value.isInfinite { return value < 0 ? "−∞" : "∞" }
    return value.isNaN ? "undefined" : String(format: "%.6g", value)
  }
}
