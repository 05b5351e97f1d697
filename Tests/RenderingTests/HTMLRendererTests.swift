import Foundation
import Markdown
import NotebookLanguage
import Testing

@testable import Rendering

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct HTMLRendererTests {
  /// All places where `pattern` matches, its first group where it has one.
  private func matches(_ pattern: String, in html: String) throws -> [String] {
    try html.matches(of: Regex(pattern)).compactMap { match in
      (match.output.count > 1 ? match.output[1].substring : match.output[0].substring).map(
        String.init)
    }
  }

  private func render(
    _ markdown: String, values: [DisplayedValue] = [], outputs: [[Report.Output]] = []
  ) throws -> String {
    try HTMLRenderer().render(
      Report(
        title: [.text("T")], blocks: try MarkdownParser.parse(markdown), values: values,
        outputs: outputs, name: "n"))
  }

  private func body(_ html: String) throws -> String {
    String(try #require(html.split(separator: "<main id=\"content\">", maxSplits: 1).last))
  }

  @Test("the page explains the marks that it has, and no others")
  func legend() throws {
    func page(_ markdown: String, _ values: [DisplayedValue]) throws -> String {
      try HTMLRenderer().render(
        Report(
          title: [.text("T")], blocks: try MarkdownParser.parse(markdown), values: values,
          name: "n", provenance: [("Run", "today")]))
    }
    let plain = try page("Text.", [])
    #expect(plain.contains("<dt>Run</dt>"))
    for mark in ["dotted line", "▸ Bold", "<em>pub.</em>"] { #expect(!plain.contains(mark)) }
    let computed = try page("\(Placeholders.token(0))", [DisplayedValue(text: "1")])
    #expect(computed.contains("dotted line") && !computed.contains("▸ Bold"))
    #expect(try HTMLRenderer().render(SampleReport.make()).contains("▸ Bold"))
  }

  @Test("a number without a caption has no full stop, a failure its help")
  func shortTexts() throws {
    let failure = Report.Failure(
      cell: "a", message: "no <b>", place: "n.md:1:1", help: "try c & d")
    let chart = Report.Output.chart(SampleReport.chart, .init(identifier: "fig-a", number: 2))
    let html = try HTMLRenderer().render(
      Report(
        title: [.text("T")], blocks: [Block(.placeholder(0), lines: 1...1)],
        outputs: [[chart, .failure(failure)]], name: "n"))
    #expect(html.contains("<span class=\"label\">Figure 2</span>"))
    #expect(html.contains("<p>no &lt;b&gt;</p><p>Help: try c &amp; d</p>"))
  }

  @Test("a preview's page may talk to its server and marks its cells; a report does neither")
  func addition() throws {
    let report = try SampleReport.make()
    let names = report.outputs.indices.map { "cell \($0) \"<" }
    let addition = PageAddition(style: ".x {}", script: "preview()")
    let page = try HTMLRenderer(addition: addition).render(report, cells: names)
    let plain = try HTMLRenderer().render(report)
    #expect(page.contains("connect-src 'self'"))
    #expect(page.contains("<script>preview()\n"))
    #expect(page.contains(".x {}</style>"))
    #expect(try matches("data-cell=\"([^\"]*)\" hidden", in: page).first == "cell 0 &quot;&lt;")
    for word in ["connect-src", "data-cell", "preview()"] { #expect(!plain.contains(word)) }
  }

  @Test("every element that is opened is closed, in order")
  func wellFormed() throws {
    let html = try HTMLRenderer().render(try SampleReport.make())
    // As XML: elements without content closed, attributes without values given one.
    var xml = try #require(html.firstRange(of: "<html").map { String(html[$0.lowerBound...]) })
    xml = try xml.replacing(Regex("<(meta|br|hr|col|input|img)((?:[^>\"]|\"[^\"]*\")*)>")) {
      "<\($0.output[1].substring ?? "")\($0.output[2].substring ?? "")/>"
    }
    for name in ["checked", "disabled", "open"] {
      xml = try xml.replacing(Regex("(<[^>]*) \(name)(?=[ />])")) {
        "\($0.output[1].substring ?? "") \(name)=\"\""
      }
    }
    xml = try xml.replacing(Regex("(?s)<style>.*?</style>"), with: "")
    let parser = XMLParser(data: Data(xml.utf8))
    #expect(parser.parse(), "line \(parser.lineNumber): \(String(describing: parser.parserError))")
  }

  @Test("no two elements share an id, and every link in the page has its target")
  func anchors() throws {
    let html = try HTMLRenderer().render(try SampleReport.make())
    let ids = try matches(" id=\"([^\"]*)\"", in: html)
    #expect(Set(ids).count == ids.count)
    #expect(ids.contains("discussion") && ids.contains("discussion-1"))
    let targets = try matches("href=\"#([^\"]*)\"", in: html)
    #expect(targets.count > 10)
    #expect(Set(targets).subtracting(ids).isEmpty)
  }

  @Test("the page asks nobody for anything")
  func inert() throws {
    let html = try HTMLRenderer().render(try SampleReport.make())
    #expect(html.contains("default-src 'none'"))
    #expect(try matches("<script", in: html).count == 1 && html.contains("script-src 'sha256-"))
    for sign in ["<link", "<iframe", "@import", "url(", " src=", "@font-face"] {
      #expect(!html.contains(sign), "\(sign)")
    }
    #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("http://"))
    #expect(!html.contains("https://"))
  }

  @Test(
    "what the author or a result brings cannot become markup",
    arguments: [
      "<script>alert(1)</script>", "a & \"b\" 'c'", "]]>", "</style></svg><img src=x>", "|",
    ])
  func injection(_ hostile: String) throws {
    // As wide, so that charts have the same room for it.
    let harmless = hostile.map { character in
      let isHarmless = character.isLetter || character.isNumber || character == " "
      return isHarmless ? character : ".,|'".contains(character) ? "i" : "x"
    }
    let found = try tags(of: report(of: hostile))
    let expected = try tags(of: report(of: String(harmless)))
    let different = zip(found, expected).first { $0 != $1 }
    #expect(found == expected, "\(String(describing: different))")
  }

  private func tags(of report: Report) throws -> [String] {
    try matches("</?[a-zA-Z][a-zA-Z0-9]*|[a-z-]+=\"", in: try HTMLRenderer().render(report))
  }

  /// A report in which every text is `text`.
  private func report(of text: String) -> Report {
    let value = DisplayedValue(text: text, error: text, cause: text, note: text)
    let table = Table(
      stub: text, groups: [.init(label: text, columns: [.init(label: text)])],
      rows: [
        .init(label: text, unit: text, cells: [.init(value: value, published: value, isBest: true)])
      ], comparison: .toggle, publishedSource: text, notes: [text])
    var chart = SampleReport.chart
    chart.x.label = text
    chart.series[0].label = text
    chart.series[0].points[0].label = text
    chart.series[0].points[0].yValue = value
    let caption = Report.Caption(
      identifier: text, number: 1, text: [.text(text)], alternative: text)
    let prose: [Inline] = [
      .text(text), .code(text), .placeholder(0),
      .link(destination: "#" + text, title: text, content: [.text(text)]),
    ]
    let kinds: [Block.Kind] = [
      .paragraph(prose), .heading(level: 1, content: prose, identifier: nil),
      .codeBlock(info: text, literal: text), .placeholder(0),
    ]
    return Report(
      title: prose, authors: [text], date: text, language: text,
      blocks: kinds.map { Block($0, lines: 1...1) }, values: [value],
      outputs: [
        [
          .table(table, caption), .chart(chart, caption), .listing(language: text, text: text),
          .failure(.init(cell: text, message: text, place: text)), .remark(text),
        ]
      ], name: text, provenance: [(text, text)])
  }

  static let rawHTML: [(String, String)] = [
    ("a <b>bold</b> c", "<p>a <b>bold</b> c</p>"),
    ("a <script>x</script>", "<p>a &lt;script&gt;x&lt;/script&gt;</p>"),
    ("a <b onclick=\"x()\" title='t\"'>b</b>", "<p>a <b title=\"t&quot;\">b</b></p>"),
    ("<a href=\"javascript:x()\">a</a>", "<p><a>a</a></p>"),
    // Its ampersand is escaped, so that a browser reads no scheme in it.
    (
      "<a href=\" java&#10;script:x()\">a</a>", "<p><a>a</a></p>"
    ),
    ("<a href=\"/p?a=1&amp;b=2\">a</a>", "<p><a href=\"/p?a=1&amp;b=2\">a</a></p>"),
    ("a <img src=x onerror=y> b", "<p>a &lt;img src=x onerror=y&gt; b</p>"),
    ("<style>p{}</style>", "&lt;style&gt;p{}&lt;/style&gt;"),
    ("a</main></div></section> b", "<p>a&lt;/main&gt; b</p>"),
    ("<div><p>a", "<div><p>a</p></div>"),
    ("a<br/>b <!-- c --> d", "<p>a<br>b  d</p>"),
    ("[a](javascript:x)", "<p>a</p>"),
    ("[a](JaVa\tscript:x)", "<p>[a](JaVa\tscript:x)</p>"),
    ("[a](data:text/html,x)", "<p>a</p>"),
    ("[a](../b.md#c)", "<p><a href=\"../b.md#c\">a</a></p>"),
    ("![a](https://b.cd/e.png)", "<p><span class=\"missing\">[image: a]</span></p>"),
    ("![a](data:image/png;base64,AA)", "<p><img src=\"data:image/png;base64,AA\" alt=\"a\"></p>"),
    ("![a](data:image/svg+xml;base64,AA)", "<p><span class=\"missing\">[image: a]</span></p>"),
  ]

  @Test("the author's HTML and links are passed through lists", arguments: rawHTML)
  func sanitized(source: String, expected: String) throws {
    let html = try body(try render(source)).filter { $0 != "\n" }
    #expect(html.hasPrefix(expected), "\(html.prefix(200))")
  }

  private static let hostile = "</b><script>\"'&amp;|"

  @Test(
    "values in the author's HTML are escaped for their place, and links checked with them",
    arguments: [
      ("a <b title=\"is 0\">b 0</b>", "<p>a <b title=\"is @\">b #</b></p>"),
      ("<div title='0'>\n0 &lt;\n</div>", "<div title=\"@\"># &lt;</div>"),
      ("<p title=\"a &lt; 0\">x</p>", "<p title=\"a &lt; @\">x</p>"),
      ("<a href=\"/p?a=0\">x</a>", "<p><a href=\"/p?a=@\">x</a></p>"),
      ("<a href=\"1alert(2)\">x</a>", "<p><a>x</a></p>"),
      ("<b onclick=\"0\" class=\"0\">x</b>", "<p><b>x</b></p>"),
      ("<div>\n<script>0</script>\n</div>", "<div>&lt;script&gt;#&lt;/script&gt;</div>"),
      ("<b title=\"3\">3</b>", "<p><b title=\"\"></b></p>"),
    ])
  func valuesInHTML(source: String, expected: String) throws {
    let tokens = source.map { "013".contains($0) ? Placeholders.token(Int("\($0)") ?? 9) : "\($0)" }
    let values = [
      DisplayedValue(text: Self.hostile, origin: .given),
      DisplayedValue(text: "javascript:", origin: .given),
    ]
    let html = try body(try render(tokens.joined(), values: values)).filter { $0 != "\n" }
    let text = "&lt;/b&gt;&lt;script&gt;\"'&amp;amp;|"
    let attribute = "&lt;/b&gt;&lt;script&gt;&quot;&#39;&amp;amp;|"
    let filled = expected.map { $0 == "#" ? text : $0 == "@" ? attribute : String($0) }.joined()
    #expect(html.hasPrefix(filled), "\(html.prefix(300))")
  }

  @Test("a computed value in the author's HTML has its tooltip")
  func provenanceInHTML() throws {
    let value = DisplayedValue(text: "1", origin: .derived, note: "how", number: 1)
    #expect(
      try body(try render("<div>\n\(Placeholders.token(0))\n</div>", values: [value]))
        .contains("<span class=\"value derived\" title=\"how\">1</span>"))
  }

  @Test("a measured figure's tooltip says with what it was made, another's does not")
  func tooltips() throws {
    func titles(_ origin: DisplayedValue.Origin) throws -> [String] {
      var value = DisplayedValue(text: "1", origin: origin, note: "how", number: 1)
      value.setting = "on what"
      return try matches("title=\"([^\"]*)\"", in: HTMLValue.span(value))
    }
    #expect(try titles(.measured) == ["how; on what"])
    #expect(try titles(.derived) == ["how"])
  }

  @Test("a header of two levels spans its columns")
  func spans() throws {
    let html = HTMLTable(SampleReport.table).figure(identifier: "tbl-x", caption: "C")
    #expect(try matches("scope=\"colgroup\" colspan=\"(\\d)\"", in: html) == ["2", "3"])
    #expect(try matches("<colgroup span=\"(\\d)\">", in: html) == ["2", "3"])
    #expect(
      try matches("scope=\"col\">([^<]*)<", in: html) == [
        "Whole", "Selective", "8-bit", "4-bit", "NF4",
      ])
    #expect(try matches("scope=\"row\"", in: html).count == 3)
    #expect(html.contains("<td rowspan=\"2\">"))
    var flat = SampleReport.table
    for index in flat.groups.indices { flat.groups[index].label = "" }
    #expect(!HTMLTable(flat).figure(identifier: nil, caption: "").contains("colspan"))
  }

  @Test("what is true of all figures of a row is told once")
  func sharedTooltips() throws {
    let html = HTMLTable(SampleReport.table).figure(identifier: nil, caption: "")
    #expect(html.contains("<tr title=\"12,299 tokens"))
    #expect(try matches("<td><span class=\"value measured\" title=\"∞", in: html).isEmpty)
  }

  @Test("numbers of a column end in line")
  func alignment() throws {
    let html = HTMLTable(SampleReport.table).figure(identifier: nil, caption: "")
    // Column 4 has 24.3, 13.58; column 5 has 121, 13.58, 58.00.
    #expect(html.contains(">24.3\u{2007}<"))
    #expect(html.contains(">121\u{2008}\u{2007}\u{2007}<"))
    #expect(html.contains(">13.58<"))
  }

  @Test(
    "published figures are marked, and hidden without a script where that is asked for",
    arguments: Table.Comparison.allCases)
  func comparison(_ comparison: Table.Comparison) {
    var table = SampleReport.table
    table.comparison = comparison
    let html = HTMLTable(table).figure(identifier: nil, caption: "")
    #expect(html.contains("type=\"checkbox\"") == (comparison == .toggle))
    #expect(html.contains("class=\"published\"") == (comparison != .none))
    #expect(html.contains("46,417,899.07") == (comparison != .none))
    #expect(html.contains("&quot;A paper&quot;") == false)
    #expect(html.contains("\"A paper\", Table 1.") == (comparison != .none))
  }

  @Test("∞ says why: on pointing at it, to a screen reader, and under the table")
  func cause() throws {
    let cause = "the mean of 46,781 nats is above 709.78"
    let html = HTMLTable(SampleReport.table).figure(identifier: nil, caption: "")
    #expect(html.contains("title=\"\(cause); ") || html.contains("title=\"\(cause)\""))
    #expect(html.contains("<span class=\"hidden\"> (\(cause))</span>"))
    #expect(html.contains("∞: \(cause)."))
  }

  @Test("a finite value's cause is not listed under the table")
  func finiteCause() {
    let value = DisplayedValue(text: "65,570", cause: "overflow", number: 65_570)
    let table = Table(
      groups: [.init(label: "", columns: [.init(label: "a")])],
      rows: [.init(label: "r", cells: [.init(value: value)])])
    #expect(!HTMLTable(table).figure(identifier: nil, caption: "").contains("65,570: overflow"))
  }

  @Test("only a table's published figures stand on a line of their own")
  func publishedInProse() throws {
    let published = DisplayedValue(text: "30.07", origin: .published)
    #expect(
      try body(try render("a \(Placeholders.token(0)) b", values: [published]))
        .contains("a <span class=\"value published\">30.07</span> b"))
    let blocks = try matches("([^{}]*)\\{[^}]*display: block", in: Theme.css)
    #expect(blocks.contains { $0.contains("td > .published") })
    #expect(!blocks.contains { $0.trimmingCharacters(in: .whitespacesAndNewlines) == ".published" })
  }

  @Test("footnotes are numbered in the order of their references")
  func footnotes() throws {
    let html = try body(try render("a[^z] b[^a] c[^z]\n\n[^a]: A\n[^z]: Z"))
    #expect(try matches("href=\"#fn-(\\d)\"", in: html) == ["1", "2", "1"])
    #expect(try matches("<li id=\"fn-(\\d)\"", in: html) == ["1", "2"])
    #expect(try matches("href=\"#(fnref-1-\\d)\"", in: html) == ["fnref-1-1", "fnref-1-2"])
  }

  @Test("a note beside the text has nothing to reach or to aim at; the one at the end has")
  func sideNotes() throws {
    let text = """
      a[^a]

      [^a]: [x](http://x.org) <a href="#y" id="z">y</a><b id="b" title="t">w</b>[^b]

          ```
          code
          ```

          $$
          x
          $$

          | a |
          |---|
          | 1 |
      [^b]: B
      """
    let html = try body(try render(text))
    let note = try #require(try matches("(?s)<aside.*?</aside>", in: html).first)
    #expect(try matches("(<a\\b| id=|tabindex)", in: note).isEmpty)
    for part in ["x y<b title=\"t\">w</b>", "code", "<math", "<td>1</td>", ">2</sup>"] {
      #expect(note.contains(part), "\(part)")
    }
    let end = try #require(
      try matches("(?s)<section class=\"footnotes.*</section>", in: html).first)
    for part in ["http://x.org", "id=\"z\"", "id=\"b\"", "<pre tabindex", "fnref-2-1"] {
      #expect(end.contains(part), "\(part)")
    }
  }

  @Test("a note with results, or with HTML that may be anything, stands at the end alone")
  func uncopied() throws {
    var report = try SampleReport.make()
    report.blocks = try MarkdownParser.parse("a[^a]\n\n[^a]: <u>B</u>")
    #expect(try HTMLRenderer().render(report).contains("<aside"))
    report.options.trustsHTML = true
    #expect(try !HTMLRenderer().render(report).contains("<aside"))
    report.options.trustsHTML = false
    guard case .footnoteDefinition(let label, var content) = report.blocks[1].kind else {
      Issue.record("no note")
      return
    }
    content.append(Block(.placeholder(0), lines: 1...1))
    report.blocks[1].kind = .footnoteDefinition(label: label, content: content)
    #expect(try !HTMLRenderer().render(report).contains("<aside"))
  }

  @Test("the contents list two levels, and can be left out")
  func contents() throws {
    var report = try SampleReport.make()
    let html = try HTMLRenderer().render(report)
    let nav = try #require(try matches("(?s)<nav.*?</nav>", in: html).first)
    #expect(
      try matches("href=\"#([^\"]*)\"", in: nav)
        == ["sec-methods", "manual--scaled", "results", "discussion", "discussion-1"])
    #expect(nav.contains("Manual &amp; &lt;scaled&gt;"))
    report.options.tableOfContents = false
    #expect(try !HTMLRenderer().render(report).contains("<nav"))
  }

  @Test(
    "theme and language are the report's", arguments: [Report.Options.Theme.auto, .light, .dark])
  func theme(_ theme: Report.Options.Theme) throws {
    var report = try SampleReport.make()
    report.options.theme = theme
    report.language = "de"
    #expect(
      try HTMLRenderer().render(report).contains(
        "<html lang=\"de\" data-theme=\"\(theme.rawValue)\">"))
  }

  @Test("a heading in a quotation or a list begins no section")
  func nestedHeadings() throws {
    let text = "# A\n\n> # B\n\n- # C\n\n# D\n"
    let html = try render(text)
    #expect(try matches("class=\"number\">[0-9.]*</span>", in: html).count == 4)
    #expect(html.contains("<h2>B</h2>") && html.contains("<h2>C</h2>"))
    #expect(html.contains("<span class=\"number\">2</span> D"))
    let report = Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(text), name: "n")
    #expect(MarkdownRenderer().render(report).text.contains("## 2 D"))
  }

  @Test("a failure shows its cell, message and place")
  func failure() throws {
    let html = try HTMLRenderer().render(try SampleReport.make())
    let box = try #require(try matches("(?s)<div class=\"failure\".*?</div>", in: html).first)
    for part in ["evaluate 'results'", "a &lt; b failed", "n.md:3:1"] {
      #expect(box.contains(part))
    }
  }

  /// For looking at: `QUANTBOOK_SAMPLE=FOLDER swift test --filter sampleFile`.
  @Test("a source that is folded opens at a click; what the report is about stands below its title")
  func folded() throws {
    let report = Report(
      title: [.text("T")], summary: "On <b>", blocks: [Block(.placeholder(0), lines: 1...1)],
      outputs: [[.listing(language: "yaml", text: "a: <1>", isFolded: true)]], name: "n")
    let html = try HTMLRenderer().render(report)
    let code =
      "<pre tabindex=\"0\"><code class=\"language-yaml\">"
      + "<span class=\"at\">a</span>: &lt;<span class=\"nu\">1</span>&gt;</code></pre>"
    #expect(html.contains("<details class=\"code\"><summary>Code</summary>\n\(code)\n</details>"))
    #expect(html.contains("<p class=\"summary\">On &lt;b&gt;</p>"))
    #expect(html.contains("<meta name=\"description\" content=\"On &lt;b&gt;\">"))
  }

  @Test(
    "the sample report is written for looking at",
    .enabled(
      if: ProcessInfo.processInfo.environment["QUANTBOOK_SAMPLE"] != nil, "no QUANTBOOK_SAMPLE"))
  func sampleFile() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["QUANTBOOK_SAMPLE"])
    let report = try SampleReport.make()
    let files = [("sample.html", try HTMLRenderer().render(report))]
    for (name, contents) in files {
      try contents.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
    }
  }

  private static let policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"{{{policy}}}\">"
  private static let late =
    "the page's security policy holds for what follows it, so it comes first"

  @Test(
    "a template of an author uses names that there are, and begins with the policy",
    arguments: [
      (policy + "{{{body}}}{{#facts}}{{name}}{{/facts}}", nil, nil),
      (
        "<!doctype html>\n<html lang=\"{{language}}\" data-theme=\"{{theme}}\"><head>\n"
          + "<meta charset=\"utf-8\">\n\(policy)<title>{{title}}</title>", nil, nil
      ),
      ("<script>alert(1)</script>\(policy)", late, 1), ("<!-- {{{policy}}} -->", late, 1),
      ("{{#site}}\(policy){{/site}}", late, 1), ("<html onload=\"x\">\(policy)", late, 1),
      (
        policy + "\n<meta http-equiv=refresh content=0>",
        "a template leads nobody elsewhere: 'refresh' has no place in it", 2
      ),
      ("{{{policy}}}\n  {{titel}}", "a template has no 'titel'", 2),
      ("{{{body}}}", "the template leaves out the page's security policy", 1),
    ] as [(String, String?, Int?)])
  func templates(_ text: String, _ message: String?, _ line: Int?) {
    do throws(PageTemplateError) {
      _ = try PageTemplate(checking: text)
      #expect(message == nil)
    } catch {
      #expect(error.message == message)
      #expect(error.line == line)
      if message?.contains("titel") == true {
        #expect(error.column == 5)
        #expect(error.help == "did you mean 'title'?")
      }
    }
  }
}
