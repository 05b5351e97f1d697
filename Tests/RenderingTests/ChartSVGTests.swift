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
          text: y == .infinity ? "∞" : y.isNaN ? "undefined" : "\(y)",
          cause: y == .infinity ? "overflow" : nil))
    }
    return Chart(
      kind: kind, x: Chart.Axis(label: "Memory (MiB)"),
      y: Chart.Axis(label: "Perplexity", isLogarithmic: log),
      series: [
        Chart.Series(label: "A", points: points), Chart.Series(label: "B", points: points),
      ]
    ).binned
  }

  @Test("every kind is well-formed XML that shows its labels", arguments: Chart.Kind.allCases)
  func wellFormed(_ kind: Chart.Kind) {
    let text = ChartSVG(Self.chart(kind)).standalone(
      title: "A \"title\" & <more>", description: "D")
    let parser = XMLParser(data: Data(text.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    #expect(text.contains("Perplexity, logarithmic"))
    #expect(text.contains("NF4 &amp; &lt;double&gt;"))
    // A heatmap has a cell for it.
    #expect(text.contains(kind == .heatmap ? ">undefined</text>" : "Not drawn: None"))
    #expect(!text.contains("nan") && !text.contains("inf"))
  }

  @Test("a chart of nothing is still a chart", arguments: Chart.Kind.allCases)
  func empty(_ kind: Chart.Kind) {
    var chart = Self.chart(kind)
    chart.series = []
    let text = ChartSVG(chart).standalone(title: "", description: "")
    #expect(XMLParser(data: Data(text.utf8)).parse())
  }

  @Test("a chart has the size that its cell asks for")
  func size() {
    var chart = Self.chart(.bar)
    #expect(
      ChartSVG(chart).standalone(title: "", description: "").contains("viewBox=\"0 0 720 440\""))
    chart.width = 5
    chart.height = 2.5
    #expect(
      ChartSVG(chart).standalone(title: "", description: "").contains("viewBox=\"0 0 480 240\""))
  }

  @Test("letters have one size: a chart with a width of its own has it in pixels too")
  func letters() {
    var chart = Self.chart(.bar)
    #expect(
      !chart.drawn.contains(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 440\" width"))
    chart.width = 20
    #expect(
      chart.drawn.contains("viewBox=\"0 0 1920 440\" class=\"chart\" width=\"1920\" height=\"440\"")
    )
  }

  @Test("the same words are not read twice") func described() {
    let chart = Self.chart(.bar)
    let twice = ChartSVG(chart).inline(identifier: "f", title: "Words", description: "Words")
    #expect(twice.matches(of: /Words/).count == 1)
    #expect(!twice.contains("describedby"))
    #expect(chart.drawn.contains("aria-describedby=\"f-desc\""))
  }

  @Test("the dark axis of bars is where they start") func zero() throws {
    let chart = Chart.sample(.bar, [("A", [-8, 5])])
    let area = ChartLayout(chart, BarMarks(chart)).panels[0].area
    let y = SVG.number(try #require(area.y(0)))
    #expect(area.y(0) != area.box.bottom)
    #expect(chart.drawn.contains("<path d=\"M78 \(y)L696 \(y)\" stroke=\"var(--chart-soft"))
  }

  @Test("an infinite value is drawn at the edge and says why")
  func infinite() {
    let text = ChartSVG(Self.chart(.scatter)).inline(
      identifier: "f", title: "T", description: "D")
    #expect(text.contains("Whole, A: ∞ (overflow)"))
    #expect(text.contains("Whole (∞)"))
  }

  private static func lines(_ count: Int, log: Bool = true) -> Chart {
    let series = (0..<count).map { line in
      Chart.Series(
        label: "model number \(line), FP32",
        points: [16.0, 64, 1024].map { x in
          let y = x * Double(line + 1)
          return Chart.Point(
            label: "", x: x, y: y, xValue: DisplayedValue(text: "\(Int(x))"),
            yValue: DisplayedValue(text: "\(Int(y)) ms"))
        }, colour: line / 2, dash: line % 2)
    }
    return Chart(
      kind: .line, x: Chart.Axis(label: "Tokens", isLogarithmic: log),
      y: Chart.Axis(label: "Time (ms)", isLogarithmic: true), series: series)
  }

  @Test("a line for each series, in its colour and pattern, named in the legend")
  func lines() throws {
    let text = ChartSVG(Self.lines(6)).inline(identifier: "f", title: "T", description: "D")
    // Each line has one path through its points and one in the legend.
    let paths = text.split(separator: "\n").filter {
      $0.contains("stroke-width=\"2\"/>")
    }
    #expect(paths.count == 12)
    #expect(paths.count { $0.contains("stroke-dasharray=\"7 5\"") } == 6)
    for colour in 1...3 { #expect(paths.count { $0.contains("--chart-\(colour),") } == 4) }
    #expect(!text.contains("--chart-4,"))
    #expect(text.matches(of: /<circle/).count == 18)
    #expect(text.contains("aria-label=\"model number 0, FP32: 16 ms, Tokens: 16\""))
  }

  @Test("equal steps of a logarithmic axis are equally far apart")
  func logarithmicX() throws {
    let text = ChartSVG(Self.lines(1)).inline(identifier: "f", title: "T", description: "D")
    let places = text.matches(of: /<circle cx="([0-9.]+)" cy="([0-9.]+)"/).compactMap { match in
      Double(match.1).flatMap { x in Double(match.2).map { (x: x, y: $0) } }
    }
    try #require(places.count == 3)
    // 16 to 64 is two doublings, 64 to 1024 four.
    #expect(abs((places[2].x - places[1].x) / (places[1].x - places[0].x) - 2) < 0.01)
    #expect(abs((places[1].y - places[2].y) / (places[0].y - places[1].y) - 2) < 0.01)
  }

  @Test("what a logarithmic axis cannot show is named")
  func zeroOnLogarithmicX() {
    var chart = Self.lines(1)
    chart.series[0].points[0].x = 0
    let text = ChartSVG(chart).inline(identifier: "f", title: "T", description: "D")
    #expect(text.contains("Not drawn: model number 0, FP32"))
    #expect(text.matches(of: /<circle/).count == 2)
  }

  @Test(
    "names of categories do not cover each other, nor leave the page",
    arguments: [
      ["nf4", "fp4"], ["Whole model, raw codes", "Whole model, scaled codes", "NF4", "FP4"],
      (0..<9).map { "configuration-number-\($0) of a rather long list of names" },
      (0..<16).map { "unbreakablelongname\($0)" }, (0..<80).map { "value \($0)" }, [""],
      [String(repeating: "endless", count: 40)],
    ])
  func categories(_ names: [String]) {
    let slot = 618 / Double(names.count)
    let labels = CategoryLabels(names, left: 78, slot: slot, mostHeight: 150)
    #expect(labels.extraHeight <= 150)
    #expect(!labels.labels.isEmpty)
    let widths = labels.labels.map { $0.lines.map(TextWidth.estimate).max() ?? 0 }
    if labels.slant == 0 {
      #expect(
        labels.labels.map { $0.lines.joined().filter { $0 != " " } }
          == names.map { $0.filter { $0 != " " } })
      for width in widths { #expect(width <= slot) }
    } else {
      let angle = labels.slant * .pi / 180
      // Parallel texts cannot touch where they are a line's height apart.
      for (one, other) in zip(labels.labels, labels.labels.dropFirst()) {
        #expect((other.x - one.x) * sin(angle) >= 14.9)
      }
      for (label, width) in zip(labels.labels, widths) {
        #expect(label.x - width * cos(angle) >= -1)
        #expect(label.y + width * sin(angle) <= 19 + 150 + 20)
      }
    }
  }

  @Test("a legend too wide for one row takes several, and the plot starts below them")
  func legend() {
    func legend(_ count: Int) -> ChartLegend {
      ChartLegend(
        labels: (0..<count).map { "series number \($0)" }, left: 78, right: 696, titleEnd: 150,
        sampleWidth: 26)
    }
    #expect(legend(1).entries.isEmpty)
    #expect(legend(2).extraHeight == 0)
    #expect(legend(2).entries.allSatisfy { $0.x > 150 && $0.y == 17 })
    let wide = legend(9)
    #expect(wide.entries.map(\.series) == Array(0..<9))
    #expect(wide.extraHeight > 0)
    // Three rows of three, though four would fit in one.
    #expect(Set(wide.entries.map(\.y)).count == 3)
    for row in Dictionary(grouping: wide.entries, by: \.y).values {
      #expect(row.count == 3)
      #expect(row[0].x == 78)
      #expect(row.allSatisfy { $0.x + 31 + TextWidth.estimate("series number 0") <= 696 })
    }
  }

  @Test("nothing is fetched and nothing runs")
  func inert() {
    let text = ChartSVG(Self.chart(.bar)).standalone(title: "T", description: "D")
    #expect(!text.contains("<script") && !text.contains("href") && !text.contains("@import"))
    #expect(!text.replacing("http://www.w3.org/2000/svg", with: "").contains("http"))
  }

  @Test("a mark can be reached with the keyboard, unless there are very many")
  func reachable() {
    let few = ChartSVG(Self.lines(2)).inline(identifier: "f", title: "T", description: "D")
    #expect(few.matches(of: /tabindex="0" role="img" aria-label="/).count == 6)
    #expect(few.contains("role=\"group\""))
    let many = ChartSVG(Self.lines(30)).inline(identifier: "f", title: "T", description: "D")
    #expect(!many.contains("tabindex"))
    #expect(many.contains("role=\"img\""))
    #expect(many.matches(of: /class="tip"/).count == 90)
  }

  @Test(
    "labels at the ends of slopes stand apart, in the order of their values, and inside",
    arguments: [
      [10.0, 10, 10, 10], [0, 500], [200, 203, 90, 88, 86], [-50, 900], [],
      (0..<20).map { _ in 399 },
    ] as [[Double]])
  func spread(_ wanted: [Double]) {
    let places = LabelLayout.spread(wanted, apart: 15, from: 0, to: 400)
    #expect(places.count == wanted.count)
    let sorted = wanted.indices.sorted { (wanted[$0], $0) < (wanted[$1], $1) }.map { places[$0] }
    for (above, below) in zip(sorted, sorted.dropFirst()) {
      #expect(below - above >= 15 - 1e-6)
    }
    for place in places { #expect((-1e-6...400 + 1e-6).contains(place)) }
  }

  @Test(
    "nothing that a chart may hold stops it or leaves its page",
    arguments: Chart.Kind.allCases,
    [
      [7.0, 7, 7], [42], [-3, 0, 5], [1e-30, 1e30], [1e308, -1.7e308], [.leastNonzeroMagnitude, 1],
      [1, 1 + 1e-15], [.nan, .infinity, -.infinity], (0..<60).map(Double.init),
    ] as [[Double]])
  func extremes(_ kind: Chart.Kind, _ values: [Double]) {
    for isLogarithmic in [false, true] {
      let points = values.enumerated().map { index, value in
        Chart.Point(
          label: "a category of a rather long name \(index)", x: value, y: value,
          error: value.magnitude / 3, xValue: DisplayedValue(text: "x"),
          yValue: DisplayedValue(text: "y"))
      }
      let chart = Chart(
        kind: kind, x: .init(label: "X", isLogarithmic: isLogarithmic),
        y: .init(label: "Y", isLogarithmic: isLogarithmic),
        series: ["A", "B"].map { Chart.Series(label: $0, facet: "F", points: points) },
        errors: .band, annotations: [.init(x: values[0], y: values[0], text: "here")]
      ).binned
      let text = ChartSVG(chart).standalone(title: "T", description: "D")
      #expect(XMLParser(data: Data(text.utf8)).parse())
      for match in text.matches(of: /\s(?:cx|cy|x|y|width|height)="([^"]*)"/) {
        let number = Double(match.1)
        #expect(number.map { (-200...4000).contains($0) } == true, "\(match.0)")
      }
    }
  }

  @Test("labels of a scatter do not cover each other")
  func labels() {
    var layout = LabelLayout(
      bounds: .init(x: 0, y: 0, width: 700, height: 400),
      points: [(100, 100), (104, 102), (108, 98)], radius: 6)
    var boxes: [Box] = []
    for (x, y) in [(100.0, 100.0), (104, 102), (108, 98)] {
      let place = layout.place(width: 60, height: 15, besideX: x, y: y)
      boxes.append(.init(x: place.x, y: place.y - 15 * 0.78, width: 60, height: 15))
    }
    for (index, box) in boxes.enumerated() {
      for other in boxes[(index + 1)...] { #expect(!box.overlaps(other)) }
    }
  }
}
