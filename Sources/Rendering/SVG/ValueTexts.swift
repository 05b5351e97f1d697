import Foundation
import NotebookLanguage

/// The values of a chart as they stand beside its marks, all with like decimals: 54 beside 53.98 is 54.00.
struct ValueTexts {
  private let decimals: Int

  init(_ chart: Chart) {
    let points = chart.series.flatMap(\.points)
    let most = points.compactMap { Self.decimals(of: $0.yValue.text) }.max() ?? 0
    let greatest = points.map { abs($0.y) }.filter(\.isFinite).max() ?? 0
    // The small ones among large values have many, which the large ones do not need.
    decimals = min(most, greatest < 1 ? 6 : 2)
  }

  func text(_ point: Chart.Point) -> String {
    let text = point.yValue.text
    guard let own = Self.decimals(of: text), own < decimals, point.y.isFinite,
      (point.yValue.number ?? point.y) == point.y
    else { return text }
    return AxisScale.fixed(point.y, decimals: decimals)
  }

  /// nil for what is no plain number.
  fileprivate static func decimals(of text: some StringProtocol) -> Int? {
    guard text.contains(where: \.isNumber),
      text.allSatisfy({ "0123456789.,−".contains($0) })
    else { return nil }
    let parts = text.split(separator: ".")
    return parts.count > 1 ? parts[1].count : 0
  }
}

extension Chart {
  /// The value of a point with the error that is drawn of it.
  func shown(_ point: Point) -> DisplayedValue {
    var value = point.yValue
    guard errors != .none, value.error.isEmpty, let error = point.error, error > 0, error.isFinite,
      point.y.isFinite
    else { return value }
    // The error is in the axis's unit, in which the text is too.
    let own = value.text.split(separator: " ").first.flatMap { ValueTexts.decimals(of: $0) } ?? 0
    let needed = error < 1 ? Int(1 - floor(log10(error))) : 2
    value.error =
      "± "
      + (error < 1e9 && needed < 8
        ? AxisScale.fixed(error, decimals: max(own, needed, 2)) : AxisScale.brief(error))
    return value
  }
}
