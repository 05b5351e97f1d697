import Foundation
import NotebookLanguage
import NotebookRunner

/// A difference of two results files as a table for people.
enum DifferenceText {
  static func of(_ difference: ResultsDifference, showsMeasurements: Bool) -> String {
    var text = settings(difference.settings)
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

  /// Path, both values, the change and what it is in standard errors.
  static func table(_ figures: [ResultsDifference.Figure]) -> String {
    let rows =
      [["figure", "old", "new", "change", "standard errors"]]
      + figures.map { figure in
        [
          figure.path, text(figure.old), text(figure.new),
          figure.relativeChange.map { String(format: "%+.3f %%", $0 * 100) } ?? "",
          figure.standardErrors.map { String(format: "%+.2f", $0) } ?? "",
        ]
      }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      zip(row, widths).enumerated().map { column, cell in
        let padding = String(repeating: " ", count: cell.1 - cell.0.count)
        return column == 0 ? cell.0 + padding : padding + cell.0
      }.joined(separator: "  ") + "\n"
    }.joined()
  }

  private static func text(_ value: Double?) -> String {
    guard let value else { return "absent" }
    if value.isInfinite { return value < 0 ? "−∞" : "∞" }
    return value.isNaN ? "undefined" : String(format: "%.6g", value)
  }
}
