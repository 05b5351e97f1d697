import Foundation
import Markdown
import TestSupport
import Testing

@testable import NotebookLanguage
@testable import Rendering

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// What a stranger writes in any place of a notebook is inert in every format that is written.
@Suite struct HostileTextTests {
  /// A report with the text wherever one may stand: as Markdown, and as text.
  private static func report(_ text: String) throws -> Report {
    let blocks =
      try MarkdownParser.parse(text)
      + MarkdownParser.parse("Before \(text) after, a [\(text)](#a \"\(text)\").")
    let plain = [Inline.text(text)]
    let value = DisplayedValue(text: text, error: text, cause: text, note: text)
    let column = Table.Column(label: text)
    let row = Table.Row(
      label: text, unit: text,
      cells: [
        Table.Cell(value: value, published: DisplayedValue(text: text, origin: .published)),
        Table.Cell(.init(before: text, marked: text, after: text)),
      ])
    let table = Table(
      stub: text, groups: [.init(label: text, columns: [column, column])], rows: [row],
      comparison: .toggle, publishedSource: text, notes: [text])
    var chart = Chart.sample(.bar, [(text, [1, 2])], names: [text, "b"])
    chart.x.label = text
    chart.y.label = text
    let caption = Report.Caption(identifier: "fig-a", number: 1, text: plain, alternative: text)
    var report = Report(
      title: plain, subtitle: plain, authors: [text], date: text, abstract: plain, summary: text,
      url: text,
      blocks: blocks
        + [
          Block(.heading(level: 1, content: plain, identifier: text), lines: 1...1),
          Block(
            .paragraph([
              .code(text), .placeholder(0), .footnoteReference(label: text),
              .link(destination: text, title: text, content: plain),
              .image(source: text, title: text, alternative: plain),
              .formula(source: text, isDisplay: false),
            ]), lines: 1...1),
          Block(.codeBlock(info: text, literal: text), lines: 1...1),
          Block(
            .html("<b title=\"\(Placeholders.token(0))\">\(Placeholders.token(0))</b>"),
            lines: 1...1),
          Block(.footnoteDefinition(label: text, content: blocks), lines: 1...1),
          Block(
            .table(
              MarkdownTable(
                alignments: [.none], header: [[.code(text)]], rows: [[[.emphasis([.code(text)])]]])),
            lines: 1...1),
          Block(.placeholder(0), lines: 1...1),
        ],
      values: [value],
      outputs: [
        [
          .table(table, .init(identifier: "tbl-a", number: 1, text: plain)), .chart(chart, caption),
          .listing(language: text, text: text),
          .failure(.init(cell: text, message: text, place: text, help: text)), .remark(text),
        ]
      ],
      name: "hostile", references: [.init(identifier: text, text: plain)],
      provenance: [(text, text)])
    report.options.css = text
    return report
  }

  /// - Parameter body: is given each hostile text and a report full of it.
  private static func forEach(_ body: (HostileText, Report) throws -> Void) throws {
    for hostile in try HostileText.all() { try body(hostile, report(hostile.text)) }
  }

  @Test("there are texts of every kind")
  func kinds() throws {
    let kinds = Set(try HostileText.all().map(\.kind))
    #expect(kinds.count == 11)
    #expect(HTMLTags("<b title=\"a\"\u{301} onclick=x>").dangers() == ["b onclick"])
    #expect(HTMLTags("<a href='java\tscript&colon;x'>").dangers().count == 1)
    #expect(HTMLTags("<img/src=\"x\"/onerror=y><p>").dangers() == ["img onerror"])
  }

  @Test("HTML has the page's own elements and no others that run or fetch")
  func html() throws {
    let renderer = try HTMLRenderer()
    let frame = SiteFrame(title: "S", path: "a.html", address: "https://a.example/")
    try Self.forEach { hostile, report in
      for page in [renderer.page(report).html, renderer.page(report, site: frame).html] {
        let head = ["html", "meta", "style", "script", "body", "link", "input"]
        let tags = HTMLTags(page)
        #expect(tags.dangers(except: Set(head)).isEmpty, "\(hostile)")
        #expect(tags.count("script") == 1, "\(hostile)")
        #expect(tags.count(attribute: "http-equiv") == 1, "\(hostile)")
        #expect(HostileText.controls(in: page).isEmpty, "\(hostile)")
      }
    }
  }

  @Test(
    "Markdown has no HTML that runs or fetches, whether formulas and footnotes are known or not")
  func markdown() throws {
    try Self.forEach { hostile, report in
      var report = report
      for place in [GFMPlace.folder, .text, .jupyterCell] {
        report.options.tableHeader = place == .text ? .html : .flat
        var writer = GFMWriter(report: report, place: place)
        let text = writer.write()
        #expect(HostileText.controls(in: text).isEmpty, "\(hostile)")
        for block in try MarkdownParser.parse(text) { try Self.check(block, hostile) }
        for file in writer.files where file.path.hasSuffix(".svg") {
          try Self.checkSVG(String(decoding: file.contents, as: UTF8.self), hostile)
        }
      }
    }
  }

  /// As a program would read it that passes HTML through.
  private static func check(_ block: Block, _ hostile: HostileText) throws {
    if case .html(let html) = block.kind {
      #expect(HTMLTags(html).dangers().isEmpty, "\(hostile): \(html)")
    }
    var found: [Inline] = []
    block.forEachRunningText { content, _ in found += content }
    while let inline = found.popLast() {
      switch inline {
      case .html(let html):
        #expect(HTMLTags(html).dangers().isEmpty, "\(hostile): \(html)")
      case .link(let destination, _, let content):
        #expect(HTMLSanitizer.safeLink(destination) != nil, "\(hostile): \(destination)")
        found += content
      case .image(let source, _, let content):
        #expect(
          HTMLSanitizer.safeLink(source) != nil || HTMLSanitizer.safeImage(source) != nil,
          "\(hostile): \(source)")
        found += content
      case .emphasis(let content), .strong(let content), .strikethrough(let content):
        found += content
      default: break
      }
    }
  }

  private static func checkSVG(_ svg: String, _ hostile: HostileText) throws {
    #expect(HTMLTags(svg).dangers(except: ["style"]).isEmpty, "\(hostile)")
    #expect(HostileText.controls(in: svg).isEmpty, "\(hostile)")
    #expect(XMLParser(data: Data(svg.utf8)).parse(), "\(hostile)")
  }

  @Test("a Jupyter notebook's outputs and attachments run nothing")
  func jupyter() throws {
    try Self.forEach { hostile, report in
      let json = JupyterRenderer().render(report)
      #expect(HostileText.controls(in: json).isEmpty, "\(hostile)")
      let root = try #require(
        try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
      for cell in try #require(root["cells"] as? [[String: Any]]) {
        for output in cell["outputs"] as? [[String: Any]] ?? [] {
          let data = try #require(output["data"] as? [String: Any])
          let html = try #require(data["text/html"] as? [String]).joined()
          #expect(HTMLTags(html).dangers(except: ["style"]).isEmpty, "\(hostile): \(html)")
        }
      }
    }
  }

  @Test("no field of a table as CSV is a formula to a spreadsheet")
  func csv() throws {
    try Self.forEach { hostile, report in
      for file in CSVRenderer().render(report) {
        let text = String(decoding: file.contents, as: UTF8.self)
        #expect(HostileText.controls(in: text).isEmpty, "\(hostile)")
        for field in Self.fields(text) where Double(field) == nil {
          let first = field.unicodeScalars.first { $0 != " " }
          #expect(
            first.map { "=+-@\t\r＝＋－＠".unicodeScalars.contains($0) } != true, "\(hostile): \(field)"
          )
        }
      }
    }
  }

  /// Reference: RFC 4180, by code points.
  private static func fields(_ csv: String) -> [String] {
    var fields = [""]
    var isQuoted = false
    for scalar in csv.unicodeScalars {
      switch scalar {
      case "\"": isQuoted.toggle()
      case ",", "\r", "\n":
        if isQuoted {
          fields[fields.count - 1].unicodeScalars.append(scalar)
        } else {
          fields.append("")
        }
      default: fields[fields.count - 1].unicodeScalars.append(scalar)
      }
    }
    return fields
  }

  @Test("a site's index, feed, list of pages and thumbnails hold texts as texts")
  func site() throws {
    try Self.forEach { hostile, report in
      let page = try HTMLRenderer().page(report)
      var entry = SiteEntry(
        of: report, rendered: page, at: hostile.text, notebook: hostile.text, day: nil)
      entry.failure = .init(message: hostile.text, page: hostile.text)
      entry.thumbnail = hostile.text
      let index = try SiteIndex(title: hostile.text, entries: [entry], hasFeed: true).html()
      let own: Set<String> = ["html", "meta", "link", "body", "script", "input"]
      let tags = HTMLTags(index)
      #expect(tags.dangers(except: own).isEmpty, "\(hostile)")
      #expect(tags.count("script") == 1, "\(hostile)")
      #expect(tags.count(attribute: "http-equiv") == 1, "\(hostile)")
      let address = "https://a.example/"
      let feed = SiteFeed(title: hostile.text, address: address, entries: [entry]).text
      let map = Sitemap(address: address, entries: [entry]).text
      for text in [feed, map] {
        #expect(XMLParser(data: Data(text.utf8)).parse(), "\(hostile)")
        #expect(HTMLTags(text).dangers(except: ["link"]).isEmpty, "\(hostile)")
      }
      for text in [index, feed, map] {
        #expect(HostileText.controls(in: text).isEmpty, "\(hostile)")
      }
      try Self.checkSVG(try #require(SiteThumbnail.svg(of: report)), hostile)
    }
  }

  @Test("code shows what turns its order around")
  func listings() {
    #expect(
      CodeHighlighter.html("a\u{202E}b\u{1B}c\u{200F}", language: "")
        == "a\\u{202E}b\\u{1B}c\\u{200F}")
  }

  @Test("a citation has no command of TeX")
  func citation() throws {
    var report = try Self.report("\\input{x}\\\u{301}input{}\u{301}")
    report.authors = ["\\write18{x}"]
    let text = try #require(Citation(of: report)).bibTeX
    #expect(!text.contains("\\input") && !text.contains("\\write18"))
  }
}
