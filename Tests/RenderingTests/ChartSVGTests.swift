import Foundation
import NotebookLanguage
import Testing

@testable import Rendering

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ChartSVGTests {
  static func chart(_ kind: Chart.Kind, log: Bool = true) -> Chart {
    let points = [
      ("NF4 & <double>", 13.6, 36.4), ("FP4", 13.6, 38.0), ("Raw", 22.0, 60_713),
      ("Whole", 17.0, Double.infinity), ("None", 20, .nan),
    ].map { label, x, y in
      Chart.Point(
        label: label, x: x, y: y, error: y.isFinite ? y / 30 : nil,
        xValue: DisplayedValue(text: "\(x) MiB"),
        yValue: DisplayedValue(
          text: y == .infinity ? "∞" : "\(y)", cause: y == .infinity ? "overflow" : nil))
    }
    return Chart(
      kind: kind, x: Chart.Axis(label: "Memory (MiB)"),
      y: Chart.Axis(label: "Perplexity", isLogarithmic: log),
      series: [
        Chart.Series(label: "A", points: points), Chart.Series(label: "B", points: points),
      ])
  }

  @Test("every kind is well-formed XML that shows its labels", arguments: Chart.Kind.allCases)
  func wellFormed(_ kind: Chart.Kind) {
    let text = ChartSVG(Self.chart(kind)).standalone(
      title: "A \"title\" & <more>", description: "D")
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(text.contains("Perplexity, logarithmic"))
    #expect(text.contains("NF4 &amp; &lt;double&gt;"))
    #expect(text.contains("Not drawn: None"))
    #expect(!text.contains("nan") && !text.contains("inf"))
  }

  @Test("a chart of nothing is still a chart", arguments: Chart.Kind.allCases)
  func empty(_ kind: Chart.Kind) {
    var chart = Self.chart(kind)
    chart.series = []
    let text = ChartSVG(chart).standalone(title: "", description: "")
    #expect(XMLParser(data: Data(text.utf8)).parse())
  }

  @Test("an infinite value is drawn at the edge and says why")
  func infinite() {
    let text = ChartSVG(Self.chart(.scatter)).inline(
      identifier: "f", title: "T", description: "D")
    #expect(text.contains("Whole: ∞ (overflow)"))
    #expect(text.contains("Whole (∞)"))
  }

  @Test("nothing is fetched and nothing runs")
  func inert() {
    let text = ChartSVG(Self.chart(.bar)).standalone(title: "T", description: "D")
    #expect(!text.contains("<script") && !text.contains("href") && !text.contains("@import"))
    #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
  }

  @Test("labels of a scatter do not cover each other")
  func labels() {
    var layout = LabelLayout(
      bounds: .init(x: 0, y: 0, width: 700, height: 400),
      points: [(100, 100), (104, 102), (108, 98)], radius: 6)
    var boxes: [LabelLayout.Box] = []
    for (x, y) in [(100.0, 100.0), (104, 102), (108, 98)] {
      let place = layout.place(width: 60, height: 15, besideX: x, y: y)
      boxes.append(.init(x: place.x, y: place.y - 15 * 0.78, width: 60, height: 15))
    }
    for (index, box) in boxes.enumerated() {
      for other in boxes[(index + 1)...] { #expect(!box.overlaps(other)) }
    }
  }
}
