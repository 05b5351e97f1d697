import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct HistogramMarksTests {
  private static let counts = [3.0, 5, 0, 2]

  private static func chart(facets: [String]) -> Chart {
    var chart = Chart.sample(.histogram, [("A", counts), ("B", counts)])
    for (index, facet) in facets.enumerated() { chart.series[index].facet = facet }
    for index in chart.series.indices {
      for place in counts.indices {
        let low = 25 * Double(place)
        chart.series[index].points[place].bin = low...low + 25
      }
    }
    return chart
  }

  @Test("the bars of all bins stand within the axes", arguments: [[], ["left", "right"]])
  func within(_ facets: [String]) {
    let chart = Self.chart(facets: facets)
    let areas = ChartLayout(chart, HistogramMarks(chart)).panels.map(\.area)
    let bars = DrawnMarks(chart).bars.filter { $0.attributes.contains("rx") }
    #expect(bars.count == 6)
    for (box, _) in bars {
      #expect(areas.contains { $0.box.x <= box.x && box.right <= $0.box.right })
    }
    // From the lower end of the first bin to the upper one of the last.
    let ends = [0.0, 100].compactMap(areas[0].x)
    let first = bars.map(\.box).filter { areas[0].box.overlaps($0) }
    #expect(first.allSatisfy { ends[0] <= $0.x && $0.right <= ends[1] })
    #expect((first.map(\.x).min() ?? 0) - ends[0] < 1)
    #expect(ends[1] - (first.map(\.right).max() ?? 0) < (facets.isEmpty ? 1 : 2))
  }

  @Test("no colour lies over another, so that the legend has them all") func colours() {
    let bars = DrawnMarks(Self.chart(facets: [])).bars.filter { $0.attributes.contains("rx") }
    for (index, bar) in bars.enumerated() {
      #expect(!bar.attributes.contains("opacity"))
      for other in bars[(index + 1)...] {
        #expect(bar.box.right <= other.box.x + 0.02 || other.box.right <= bar.box.x + 0.02)
      }
    }
  }
}
