import NotebookLanguage
import TestSupport
import Testing

@testable import Rendering

/// A small chart of each kind, whose whole text stands in `Charts/`: where `UPDATE_CASES=1` writes it anew,
/// it is to be looked at in a browser.
struct GoldenChart: CustomTestStringConvertible {
  let name: String
  let chart: Chart

  var testDescription: String { name }

  static let all: [Self] = [
    Self(
      name: "bar", chart: chart(.bar, [("Before", [40, 40, 40]), ("After", [41, 44, .infinity])])),
    Self(
      name: "line-band",
      chart: chart(.line, [("NF4", [40, 41, 45]), ("FP4", [42, 47, 60])]) {
        $0.errors = .band
        $0.x.isLogarithmic = true
        $0.annotations = [.init(y: 40, text: "full precision"), .init(x: 128, text: "default")]
      }),
    Self(
      name: "scatter",
      chart: chart(.scatter, [("", [40, 20_000, .infinity])]) {
        $0.y.isLogarithmic = true
        $0.annotations = [.init(x: 64, y: 100, text: "published")]
      }),
    Self(
      name: "histogram",
      chart: chart(.histogram, [("NF4", [2, 0, 5]), ("FP4", [1, 4, 2])]) {
        $0 = $0.binned
        $0.errors = .none
      }),
    Self(
      name: "heatmap",
      chart: chart(
        .heatmap, [("attention", [0.01, 0.02, 0.4]), ("feed-forward", [0.03, .nan, .infinity])]
      ) {
        $0.seriesTitle = "Component"
        $0.y = .init(label: "KL divergence", isLogarithmic: true)
      }),
    Self(
      name: "slope",
      chart: chart(.slope, [("Before", [40, 40, 40]), ("After", [41, 41.2, 55])])),
    Self(
      name: "facets",
      chart: chart(.bar, [("A", [40, 41, 45]), ("A", [42, 47, 60])]) {
        $0.series[1].facet = "FP4"
        $0.series[0].facet = "NF4"
      }),
  ]

  private static func chart(
    _ kind: Chart.Kind, _ series: [(String, [Double])], change: (inout Chart) -> Void = { _ in }
  ) -> Chart {
    let sizes = [32.0, 64, 512]
    var chart = Chart(
      kind: kind, x: .init(label: kind == .slope ? "" : "Block size"),
      y: .init(label: "Perplexity"),
      series: series.map { label, values in
        Chart.Series(
          label: label,
          points: zip(sizes, values).map { size, value in
            let text = value == .infinity ? "∞" : value.isNaN ? "undefined" : "\(value)"
            return Chart.Point(
              label: kind == .line ? "" : "block \(Int(size))", x: size, y: value,
              error: value.isFinite ? value / 20 : nil,
              xValue: DisplayedValue(text: "\(Int(size))"),
              yValue: DisplayedValue(
                text: text, cause: value.isInfinite ? "overflow" : nil, number: value))
          })
      })
    change(&chart)
    return chart
  }
}

@Suite struct GoldenChartTests {
  @Test("every kind has one") func exist() {
    #expect(Set(GoldenChart.all.map(\.chart.kind)) == Set(Chart.Kind.allCases))
  }

  @Test("a chart is exactly this", arguments: GoldenChart.all)
  func chart(_ example: GoldenChart) throws {
    let text = ChartSVG(example.chart).standalone(title: example.name, description: "For a test.")
    let file = GoldenFile.path("Charts/\(example.name).svg")
    #expect(try text == GoldenFile.text(at: file, updatedTo: text))
  }
}
