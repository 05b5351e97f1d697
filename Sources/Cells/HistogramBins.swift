import Foundation
import NotebookLanguage

extension Chart {
  /// A histogram whose points are samples, counted in bins of equal width, which all series share: as
  /// many as the square root of the number of samples of the longest, and at most 60.
  var binned: Chart {
    let usable: (Double) -> Bool = { $0.isFinite && (!x.isLogarithmic || $0 > 0) }
    let samples = series.map { $0.points.map(\.x).filter(usable) }
    // Bins of a logarithmic axis are equally wide on it.
    let scaled: (Double) -> Double = { x.isLogarithmic ? log10($0) : $0 }
    let value: (Double) -> Double = { x.isLogarithmic ? pow(10, $0) : $0 }
    let all = samples.joined().map(scaled)
    guard let low = all.min(), let high = all.max() else {
      var empty = self
      for index in empty.series.indices { empty.series[index].points = [] }
      return empty
    }
    let longest = samples.map(\.count).max() ?? 1
    let count = min(max(Int(Double(longest).squareRoot().rounded(.up)), 1), 60)
    let difference = (high - low) / Double(count)
    let width = difference > 0 && difference.isFinite ? difference : 1
    var chart = self
    for (index, samples) in samples.enumerated() {
      var counts = [Int](repeating: 0, count: count)
      for sample in samples {
        counts[min(max(Int(min((scaled(sample) - low) / width, 60)), 0), count - 1)] += 1
      }
      chart.series[index].points = counts.enumerated().map { bin, members in
        let start = low + Double(bin) * width
        let ends = [start, start + width].map { DisplayedValue(.number(value($0))).text }
        let range = ends.joined(separator: "–")
        var point = Point(
          label: range, x: value(start + width / 2), y: Double(members),
          xValue: DisplayedValue(text: range), yValue: DisplayedValue(.count(members)))
        point.bin = value(start)...value(start + width)
        return point
      }
    }
    return chart
  }
}
