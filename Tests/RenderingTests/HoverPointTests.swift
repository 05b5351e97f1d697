import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct HoverPointTests {
  @Test(
    "a value is told with its error, and the tip leaves the error bar free",
    arguments: [Chart.Kind.bar, .scatter, .slope])
  func error(_ kind: Chart.Kind) throws {
    let chart = Chart.sample(kind, [("A", [53.47, 40])], error: 4.5)
    let text = chart.drawn
    #expect(text.contains("aria-label=\"name 0: 53.47 ± 4.50"))
    let bars = text.matches(of: /V([0-9.]+)M/).compactMap { Double($0.1) }
    let tips = text.matches(
      of:
        /class="tip" visibility="hidden"><rect x="[-0-9.]+" y="([-0-9.]+)" width="[0-9.]+" height="([0-9.]+)"/
    ).compactMap { match in Double(match.1).flatMap { y in Double(match.2).map { y + $0 } } }
    try #require(bars.count == 2 && tips.count == 2)
    for (bar, tip) in zip(bars, tips) { #expect(tip < bar) }
  }

  @Test("no error is told that is not drawn") func none() {
    var chart = Chart.sample(.bar, [("A", [53.47])], error: 4.5)
    chart.errors = .none
    #expect(!chart.drawn.contains("±"))
  }

  @Test(
    "an error has the digits that show it",
    arguments: [(0.00012, "± 0.00012"), (4.5, "± 4.50"), (120, "± 120.00"), (1e12, "± 1.0 × 10¹²")])
  func digits(_ error: Double, _ text: String) {
    let chart = Chart.sample(.bar, [("A", [53.47])], error: error)
    #expect(chart.shown(chart.series[0].points[0]).error == text)
  }
}
