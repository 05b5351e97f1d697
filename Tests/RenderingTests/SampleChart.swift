import NotebookLanguage

@testable import Rendering

extension Chart {
  /// A chart of values by name: a series for each list.
  static func sample(
    _ kind: Kind, _ series: [(String, [Double])], names: [String] = [], error: Double? = nil
  ) -> Chart {
    Chart(
      kind: kind, x: Axis(label: "X"), y: Axis(label: "Y"),
      series: series.map { label, values in
        Series(
          label: label,
          points: values.enumerated().map { index, value in
            let text = value.isInfinite ? "∞" : value.isNaN ? "undefined" : "\(value)"
            return Point(
              label: kind == .line ? "" : names.isEmpty ? "name \(index)" : names[index],
              x: Double(index), y: value, error: error, xValue: DisplayedValue(text: "\(index)"),
              yValue: DisplayedValue(text: text, number: value))
          })
      })
  }

  /// The same where every point of a histogram counts the values from 16 below to 16 above it.
  var binned: Chart {
    guard kind == .histogram else { return self }
    var chart = self
    for index in series.indices {
      for place in series[index].points.indices {
        let x = series[index].points[place].x
        if x.isFinite { chart.series[index].points[place].bin = x - 16...x + 16 }
      }
    }
    return chart
  }

  var drawn: String { ChartSVG(self).inline(identifier: "f", title: "T", description: "D") }
}

/// What stands in a drawn chart.
struct DrawnMarks {
  let text: String

  init(_ chart: Chart) { text = chart.drawn }

  struct Label {
    var text: String
    var box: Box
  }

  /// The names and values beside marks.
  var labels: [Label] {
    let pattern =
      /<text x="([-0-9.]+)" y="([-0-9.]+)"( text-anchor="end")? paint-order[^>]*>([^<]*)</
    return text.matches(of: pattern).compactMap { match in
      guard let x = Double(match.1), let y = Double(match.2) else { return nil }
      let words = String(match.4)
      let width = TextWidth.estimate(words)
      let height = LabelLayout.lineHeight
      let left = match.3 == nil ? x : x - width
      return Label(
        text: words, box: Box(x: left, y: y - height * 0.78, width: width, height: height))
    }
  }

  var circles: [Box] {
    text.matches(of: /<circle cx="([-0-9.]+)" cy="([-0-9.]+)"/).compactMap { match in
      Double(match.1).flatMap { x in Double(match.2).map { Box.around(x, $0, 5) } }
    }
  }

  /// Filled rectangles: bars and cells.
  var bars: [(box: Box, attributes: String)] {
    let pattern =
      /<rect x="([-0-9.]+)" y="([-0-9.]+)" width="([0-9.]+)" height="([0-9.]+)" fill="var\(([^>]*)>/
    return text.matches(of: pattern).compactMap { match in
      let numbers = [match.1, match.2, match.3, match.4].compactMap { Double($0) }
      guard numbers.count == 4 else { return nil }
      let box = Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
      return (box, String(match.5))
    }
  }
}
