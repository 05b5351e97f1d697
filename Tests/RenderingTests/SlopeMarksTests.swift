import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct SlopeMarksTests {
  @Test("between four sides, names and values are whole") func whole() {
    let sides = (1...4).map { ("Side \($0)", [67.25 + Double($0), 54.5, 53.98]) }
    let labels = DrawnMarks(.sample(.slope, sides, names: ["m1", "m2", "m3"])).labels.map(\.text)
    #expect(
      labels == ["m1: 68.25", "m2: 54.50", "m3: 53.98", "m1: 71.25", "m2: 54.50", "m3: 53.98"])
  }

  @Test("a name too long is shortened, its value never") func long() {
    let name = String(repeating: "very long ", count: 20)
    let labels = DrawnMarks(.sample(.slope, [("A", [40.25]), ("B", [41.5])], names: [name])).labels
    #expect(labels.count == 2)
    for label in labels {
      #expect(label.text.hasPrefix("very long"))
      #expect(label.text.hasSuffix("…: 40.25") || label.text.hasSuffix("…: 41.50"))
      #expect(label.box.x >= 78 && label.box.right <= 720)
    }
  }

  @Test("small multiples have room for names and values") func facets() {
    var chart = Chart.sample(
      .slope, (0..<3).flatMap { _ in [("A", [40.0]), ("B", [42.25])] }, names: ["NF4"])
    for index in 0..<6 { chart.series[index].facet = "facet \(index / 2)" }
    let labels = DrawnMarks(chart).labels.map(\.text)
    #expect(labels == (0..<3).flatMap { _ in ["NF4: 40.00", "NF4: 42.25"] })
  }

  @Test("many labels stand apart and above the axis, or are counted", arguments: [nil, 3.0])
  func many(_ height: Double?) throws {
    let values = (0..<24).map { 40 + Double($0) / 10 }
    var chart = Chart.sample(.slope, [("A", values), ("B", values.map { $0 + 1 })])
    chart.height = height
    let area = ChartLayout(chart, SlopeMarks(chart)).panels[0].area
    let marks = DrawnMarks(chart)
    for (index, label) in marks.labels.enumerated() {
      #expect(label.box.bottom <= area.box.bottom)
      for other in marks.labels[(index + 1)...] { #expect(!label.box.overlaps(other.box)) }
    }
    #expect((marks.labels.count == 48) == (height == nil))
    #expect(marks.text.contains("names have no room here") == (height != nil))
  }

  @Test("a name that is a number is no value") func numbers() {
    let chart = Chart.sample(.slope, [("A", [55.35]), ("B", [57.15])], names: ["256"])
    #expect(DrawnMarks(chart).labels.map(\.text) == ["256: 55.35", "256: 57.15"])
  }
}
