import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct ScatterMarksTests {
  private static func check(_ chart: Chart) throws {
    let marks = DrawnMarks(chart)
    let labels = marks.labels
    for (index, label) in labels.enumerated() {
      for other in labels[(index + 1)...] {
        #expect(!label.box.overlaps(other.box), "\(label.text) and \(other.text)")
      }
      for circle in marks.circles { #expect(!label.box.overlaps(circle), "\(label.text)") }
    }
    // Whoever has no name is counted below.
    let points = chart.series.reduce(0) { $0 + $1.points.count }
    let left = marks.text.firstMatch(of: /(\d+) names? ha(?:s|ve) no room here/)
      .flatMap { Int($0.1) }
    #expect(labels.count + (left ?? 0) == points)
    #expect(labels.count >= min(points, 4))
  }

  private static func values(_ count: Int) -> [Double] {
    (0..<count).map { Double(($0 * 37) % 50) }
  }

  @Test("names cover neither each other nor points; those without room are counted")
  func names() throws {
    let names = (0..<24).map { "Method number \($0) long" }
    var chart = Chart.sample(.scatter, [("", Self.values(24))], names: names)
    try Self.check(chart)
    let half = Array(names.prefix(12))
    chart = Chart.sample(
      .scatter, [("", Self.values(12)), ("", Self.values(12).reversed())], names: half)
    for index in 0...1 { chart.series[index].facet = "facet \(index)" }
    try Self.check(chart)
    try Self.check(.sample(.scatter, [("", [Double](repeating: 5, count: 8))]))
  }

  @Test("of points in one place, all are named or counted") func coinciding() throws {
    var chart = Chart.sample(
      .scatter, [("", [5, 5, 5, 5, 5, 5, 5, 5])],
      names: (0..<8).map { "A rather long name \($0)" })
    for index in 0..<8 { chart.series[0].points[index].x = 1 }
    try Self.check(chart)
  }

  @Test("names keep off errors") func errors() {
    let chart = Chart.sample(.scatter, [("", [5, 6, 7, 5])], error: 2)
    let area = ChartLayout(chart, ScatterMarks(chart)).panels[0].area
    let labels = DrawnMarks(chart).labels
    #expect(labels.count == 4)
    for point in chart.series[0].points {
      guard let x = area.x(point.x), let (low, high) = ErrorMark.range(of: point, in: area) else {
        continue
      }
      let bar = Box(x: x - 4, y: high, width: 8, height: low - high)
      for label in labels { #expect(!label.box.overlaps(bar)) }
    }
  }
}
