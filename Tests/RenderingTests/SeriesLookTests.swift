import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct SeriesLookTests {
  @Test("no two of two dozen series look alike") func looks() {
    let looks = (0..<24).map { SeriesLook(place: $0) }
    #expect(Set(looks.map { "\($0.colour) \($0.mark(x: 0, y: 0))" }).count == 24)
    #expect(Set(looks.map { "\($0.colour) \($0.lineStyle)" }).count == 24)
    #expect(Set(looks.map { "\($0.colour) \($0.areaStyle)" }).count == 24)
  }

  @Test("ten series are told apart in charts and legends", arguments: [Chart.Kind.bar, .line])
  func series(_ kind: Chart.Kind) {
    let text = Chart.sample(kind, (0..<10).map { ("series \($0)", [1, Double($0)]) }).drawn
    // One mark for each of two points, and one in the legend.
    let ninth =
      kind == .bar
      ? text.matches(of: /fill="var\(--chart-1,[^>]*fill-opacity="0.35"/)
      : text.matches(of: /<rect [^>]*fill="var\(--chart-1,/)
    #expect(ninth.count == 3)
  }
}
