import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct LineMarksTests {
  @Test(
    "a line and its band have a gap where a value has no place",
    arguments: [Double.infinity, .nan], [Chart.Errors.none, .band])
  func gap(_ value: Double, _ errors: Chart.Errors) throws {
    var chart = Chart.sample(.line, [("A", [1, 2, value, value, 3, 4])], error: 0.1)
    chart.errors = errors
    let text = chart.drawn
    let line = try #require(text.split(separator: "\n").first { $0.contains("stroke-width=\"2\"") })
    #expect(line.count { $0 == "M" } == 2)
    #expect(line.count { $0 == "L" } == 2)
    if errors == .band {
      let band = try #require(text.split(separator: "\n").first { $0.contains("0.22") })
      #expect(band.count { $0 == "Z" } == 2)
    }
    #expect(text.matches(of: />∞<\/text>/).count == (value.isNaN ? 0 : 2))
  }
}
