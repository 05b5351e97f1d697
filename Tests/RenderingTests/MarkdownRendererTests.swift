import Foundation
import Markdown
import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct MarkdownRendererTests {
  private func render(
    _ markdown: String, values: [DisplayedValue] = [], outputs: [[Report.Output]] = [],
    header: Report.Options.TableHeader = .flat
  ) throws -> String {
    var report = Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(markdown), values: values,
      outputs: outputs, name: "n")
    report.options.tableHeader = header
    return MarkdownRenderer().render(report).text
  }

  /// Body of the rendered text as blocks, without lines and the headings' numbers.
  private func kinds(_ text: String) throws -> [Block.Kind] {
    try MarkdownParser.parse(text).map { $0.withoutLines.kind }
  }

  @Test(
    "what is rendered reads as what was written",
    arguments: [
      "A *b* **c** ~~d~~ `e` [f](g \"h\") ![i](j)", "- a\n- b\n  - c\n\n    d", "1. a\n2. b",
      "> quote\n>\n> > deeper", "```swift\nlet a = \"```\"\n```", "````\n```\n````", "---",
      "| A | B |\n|:---|---:|\n| 1 \\| 2 | *3* |", "- [x] done\n- [ ] open", "a\\\nb",
      "\\* not a list\n\n1\\. nor this\n\n\\- nor that\n\n\\+ nor", "a \\_b\\_ \\<c> \\| d",
      "Text[^1] with a note.\n\n[^1]: The note,\n    in two lines.", "<b>html</b> inline",
      "7 * 8 * 9 and a_b_c and 2 < 3 & 4 > 1", "`` a`b ``", "\\# no heading\n\nx # y",
    ])
  func roundTrip(_ markdown: String) throws {
    let expected = try kinds(markdown)
    let rendered = try kinds(try render(markdown))
    #expect(Array(rendered.dropFirst()) == expected)
  }

  @Test("without files, a chart's data stand in its place, and it is named")
  func withoutFiles() throws {
    let report = try SampleReport.make()
    let whole = MarkdownRenderer().render(report)
    let text = MarkdownRenderer(writesFiles: false).render(report)
    #expect(!whole.files.isEmpty && whole.chartsLeftOut.isEmpty)
    #expect(text.files.isEmpty)
    #expect(text.chartsLeftOut.count == whole.files.count)
    #expect(!text.text.contains(".svg") && !text.text.contains("Data of the figure"))
    let row = try #require(
      whole.text.split(separator: "Data of the figure</summary>").last?.split(separator: "\n").first
      {
        $0.hasPrefix("| ")
      })
    #expect(text.text.contains(row))
  }

  @Test("a value cannot become markup")
  func injection() throws {
    let value = DisplayedValue(text: "*x* | <b> [a](b) `c` {{ d }}")
    let text = try render("\(Placeholders.token(0))", values: [value])
    let blocks = try MarkdownParser.parse(text)
    #expect(blocks.last?.kind == .paragraph([.text("*x* | <b> [a](b) `c` {{ d }}")]))
  }

  @Test("a value in raw HTML stays in its place, whatever is in it")
  func valuesInHTML() throws {
    let token = Placeholders.token(0)
    let value = DisplayedValue(
      text: "\"*a* | `b`\n\n[c](d) </b> & @e", error: "± _1_", origin: .derived, cause: "f_g")
    let html = "<b title=\"\(token)\">"
    let attribute =
      "&quot;&#42;a&#42; &#124; &#96;b&#96;&#10;&#10;&#91;c&#93;(d) &lt;/b&gt; &amp; &#64;e"
    for source in ["x \(html)y</b>", "| A |\n|---|\n| \(html)y</b> |", "# \(html)y</b>"] {
      let text = try render(source, values: [value])
      #expect(text.contains("<b title=\"\(attribute)\">y</b>"))
      let read = try kinds(text).last
      #expect(
        try kinds(source.replacing(token, with: attribute)).last == read || source.hasPrefix("#"))
    }
    let block = try render("<div>\n\(token)\n</div>", values: [value])
    #expect(block.hasSuffix("<div>\n\(attribute) ± &#95;1&#95; <sub>(f&#95;g)</sub>\n</div>\n"))
    #expect(try kinds(block).count == 2)
  }

  @Test("the head is there for programs too, whatever is in it")
  func frontMatter() {
    var report = Report(
      title: [.text("A \"b\": c\\ # "), .emphasis([.text("d")])], authors: ["E: F", "G\u{7}"],
      date: "2026-11-25", blocks: [], name: "n")
    report.summary = "two\nlines"
    let output = MarkdownRenderer().render(report)
    #expect(
      output.frontMatter == """
        ---
        title: "A \\"b\\": c\\\\ # d"
        author: ["E: F", "G\\u0007"]
        date: "2026-11-25"
        lang: "en"
        description: "two\\nlines"
        ---
        """)
    #expect(output.document.hasPrefix(output.frontMatter + "\n\n# A"))
  }

  @Test("of raw HTML only harmless elements stay, unless the report trusts it")
  func rawHTML() throws {
    let source = "<a href=\"javascript:x\" onclick=\"y\">z</a><script>w</script>"
    #expect(try render(source).hasSuffix("<a>z</a>&lt;script&gt;w&lt;/script&gt;\n"))
    var report = Report(title: [], blocks: try MarkdownParser.parse(source), name: "n")
    report.options.trustsHTML = true
    #expect(MarkdownRenderer().render(report).text.contains(source))
  }

  @Test("a cause is one footnote, however often it is met")
  func footnotes() throws {
    let value = DisplayedValue(text: "∞", cause: "mean NLL of 900 nats")
    let text = try render(
      "\(Placeholders.token(0)) and \(Placeholders.token(1))", values: [value, value])
    #expect(text.contains("∞[^q1] and ∞[^q1]"))
    #expect(text.components(separatedBy: "[^q1]: mean NLL of 900 nats").count == 2)
  }

  private static let table = Table(
    groups: [
      .init(label: "Manual | A", columns: [.init(label: "Whole"), .init(label: "Some")]),
      .init(label: "", columns: [.init(label: "NF4")]),
    ],
    rows: [
      .init(
        label: "Perplexity", unit: "ppl",
        cells: [
          .init(
            value: DisplayedValue(text: "∞", cause: "too large"),
            published: DisplayedValue(text: "∞", origin: .published)),
          .init(value: nil),
          .init(value: DisplayedValue(text: "33.1", error: "± 0.9"), isBest: true),
        ])
    ], comparison: .below, publishedSource: "a paper")

  @Test("a flat table joins the two levels of its header")
  func flat() throws {
    let caption = Report.Caption(identifier: "tbl-a", number: 1, text: [.text("Cap")])
    let text = try render(
      "\(Placeholders.token(9))", outputs: [[.table(Self.table, caption)]])
    #expect(!text.contains("tbl-a"))
    let shown = try renderOutput(.table(Self.table, caption))
    #expect(shown.contains("|  | Manual \\| A: Whole | Manual \\| A: Some | NF4 |"))
    #expect(
      shown.contains(
        "| Perplexity (ppl) | ∞[^q1]<br><sub>published: ∞</sub> | — | **33.1** <sub>± 0.9</sub> |"))
    #expect(shown.contains("<a id=\"tbl-a\"></a>"))
    #expect(shown.contains("**Table 1.** Cap"))
    #expect(shown.contains("published: a paper."))
  }

  @Test("an HTML table spans its groups")
  func html() throws {
    let shown = try renderOutput(.table(Self.table, .init()), header: .html)
    #expect(shown.contains("<th colspan=\"2\">Manual | A</th>"))
    #expect(shown.contains("<b>33.1</b> <sub>± 0.9</sub>"))
  }

  @Test("a chart becomes a file, an image and its data")
  func chart() throws {
    var report = Report(
      title: [.text("T")], blocks: [Block(.placeholder(0), lines: 1...1)],
      outputs: [
        [
          .chart(
            ChartSVGTests.chart(.scatter),
            .init(identifier: "fig-a", number: 2, text: [.text("Cap")], alternative: "Alt"))
        ]
      ], name: "n")
    report.provenance = [("Engine", "1 | 2")]
    let output = MarkdownRenderer().render(report)
    #expect(output.files.map(\.path) == ["n_files/fig-a.svg"])
    #expect(output.text.contains("![Alt](n_files/fig-a.svg)"))
    #expect(output.text.contains("**Figure 2.** Cap"))
    #expect(output.text.contains("| Engine | 1 \\| 2 |"))
  }

  private func renderOutput(
    _ output: Report.Output, header: Report.Options.TableHeader = .flat
  ) throws -> String {
    var report = Report(
      title: [.text("T")], blocks: [Block(.placeholder(0), lines: 1...1)], outputs: [[output]],
      name: "n")
    report.options.tableHeader = header
    return MarkdownRenderer().render(report).text
  }
}

extension Block {
  /// The block with all lines 1: where it stands does not matter, and text pieces are joined.
  fileprivate var withoutLines: Block {
    var block = self
    block.lines = 1...1
    switch kind {
    case .blockQuote(let blocks): block.kind = .blockQuote(blocks.map(\.withoutLines))
    case .list(var list):
      for index in list.items.indices {
        list.items[index].content = list.items[index].content.map(\.withoutLines)
      }
      block.kind = .list(list)
    case .footnoteDefinition(let label, let content):
      block.kind = .footnoteDefinition(label: label, content: content.map(\.withoutLines))
    default: break
    }
    return block
  }
}
