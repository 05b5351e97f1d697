import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct HeatmapMarksTests {
  private static func printed(_ values: [Double]) -> Int {
    // Values stand in the middle of cells, in one of the inks for them.
    Chart.sample(.heatmap, [("A", values), ("B", values)]).drawn
      .matches(of: /text-anchor="middle" fill="var\(--chart-on-/).count
  }

  @Test("all cells have their values printed, or none") func all() {
    #expect(Self.printed([1, 2.25, 3]) == 6)
    var values = (0..<24).map { 1234.5678 + Double($0) }
    #expect(Self.printed(values) == 0)
    values[3] = 1
    #expect(Self.printed(values) == 0)
  }

  @Test("values in cells have like decimals") func decimals() {
    let text = Chart.sample(.heatmap, [("A", [54.06, 54.5, 53.98])]).drawn
    #expect(text.contains(">54.50</text>"))
  }
}
