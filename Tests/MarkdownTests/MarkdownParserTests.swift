import Testing

@testable import Markdown

private func token(_ index: Int) -> String { Placeholders.token(index) }

private func only(_ text: String) throws -> Block.Kind {
  let blocks = try MarkdownParser.parse(text)
  #expect(blocks.count == 1)
  return try #require(blocks.first).kind
}

@Suite struct MarkdownParserTests {
  static let blocks: [(String, Block.Kind)] = [
    (
      "# A *b*",
      .heading(level: 1, content: [.text("A "), .emphasis([.text("b")])], identifier: nil)
    ),
    ("Title\n===", .heading(level: 1, content: [.text("Title")], identifier: nil)),
    (
      "## Set-up {#sec-set_up}",
      .heading(level: 2, content: [.text("Set-up")], identifier: "sec-set_up")
    ),
    ("# Braces {x}", .heading(level: 1, content: [.text("Braces {x}")], identifier: nil)),
    ("# {#a b}", .heading(level: 1, content: [.text("{#a b}")], identifier: nil)),
    ("***", .thematicBreak),
    (
      "```{load} x\n#| label: a\n\nmodel: b\n```",
      .codeBlock(info: "{load} x", literal: "#| label: a\n\nmodel: b\n")
    ),
    ("```yaml\n```", .codeBlock(info: "yaml", literal: "")),
    ("    indented\n", .codeBlock(info: "", literal: "indented\n")),
    ("<div>\nx\n</div>", .html("<div>\nx\n</div>\n")),
    ("> q", .blockQuote([Block(.paragraph([.text("q")]), lines: 1...1)])),
    (
      "3. a",
      .list(
        .init(
          start: 3, isTight: true,
          items: [
            .init(isChecked: nil, content: [Block(.paragraph([.text("a")]), lines: 1...1)])
          ]))
    ),
    (
      "- [x] a\n\n- [ ] b",
      .list(
        .init(
          start: nil, isTight: false,
          items: [
            .init(isChecked: true, content: [Block(.paragraph([.text("a")]), lines: 1...1)]),
            .init(isChecked: false, content: [Block(.paragraph([.text("b")]), lines: 3...3)]),
          ]))
    ),
    (
      "| a | b |\n|:-:|--:|\n| \(token(4)) | x\\|y |\n| 1 |",
      .table(
        MarkdownTable(
          alignments: [.center, .right], header: [[.text("a")], [.text("b")]],
          rows: [[[.placeholder(4)], [.text("x|y")]], [[.text("1")], []]]))
    ),
  ]

  @Test("blocks become values", arguments: blocks)
  func block(text: String, expected: Block.Kind) throws {
    #expect(try only(text) == expected)
  }

  static let inlines: [(String, [Inline])] = [
    ("a\nb\\\nc", [.text("a"), .softBreak, .text("b"), .lineBreak, .text("c")]),
    (
      "**x** ~~y~~ `z`",
      [.strong([.text("x")]), .text(" "), .strikethrough([.text("y")]), .text(" "), .code("z")]
    ),
    (
      "https://a.bc/d_e",
      [.link(destination: "https://a.bc/d_e", title: "", content: [.text("https://a.bc/d_e")])]
    ),
    (
      "[a \(token(1))](/p?q=\(token(2)) \"t\")",
      [.link(destination: "/p?q=\(token(2))", title: "t", content: [.text("a "), .placeholder(1)])]
    ),
    (
      "[a](/p?q=%EE%80%8012%EE%80%81)",
      [.link(destination: "/p?q=\(token(12))", title: "", content: [.text("a")])]
    ),
    (
      "![of \(token(0))](x.png)",
      [.image(source: "x.png", title: "", alternative: [.text("of "), .placeholder(0)])]
    ),
    ("`\(token(3))`", [.code(token(3))]),
    (
      "**\(token(3))**\(token(10)), b",
      [.strong([.placeholder(3)]), .placeholder(10), .text(", b")]
    ),
    ("a<br>b &amp; \\*", [.text("a"), .html("<br>"), .text("b & *")]),
    ("a\u{0}b", [.text("a\u{FFFD}b")]),
  ]

  @Test("inlines become values", arguments: inlines)
  func inline(text: String, expected: [Inline]) throws {
    #expect(try only(text) == .paragraph(expected))
  }

  @Test("a placeholder stands in a heading") func headingPlaceholder() throws {
    #expect(
      try only("# Of \(token(7)) {#sec-a}")
        == .heading(level: 1, content: [.text("Of "), .placeholder(7)], identifier: "sec-a"))
  }

  @Test("footnotes keep their labels") func footnotes() throws {
    let blocks = try MarkdownParser.parse(
      "a[^two] b[^One]\n\n[^one]: First\n[^two]: *Second*\n[^x]: unused\n")
    #expect(blocks.count == 3)
    guard case .paragraph(let content) = try #require(blocks.first).kind else { return }
    let labels = content.compactMap { inline -> String? in
      if case .footnoteReference(let label) = inline { label } else { nil }
    }
    let definitions = blocks.compactMap { block -> String? in
      if case .footnoteDefinition(let label, _) = block.kind { label } else { nil }
    }
    #expect(labels == definitions)
    #expect(labels == ["two", "one"])
  }

  static let places: [(String, [ClosedRange<Int>])] = [
    ("a\n\nb\nc\n\n\n# d", [1...1, 3...4, 7...7]),
    ("a\r\n\r\nb\r\n", [1...1, 3...3]),
    ("T\nU\n===\n\nx", [1...3, 5...5]),
    ("```\na\n\n```\n\nx", [1...4, 6...6]),
    ("- a\n- b\n\n\nx", [1...2, 5...5]),
    ("> a\n> b\n\nx", [1...2, 4...4]),
    ("> a\nlazy\n\nx", [1...2, 4...4]),
    ("| a |\n|---|\n| b |\n\nx", [1...3, 5...5]),
    ("para\n\n| a |\n|---|\n\nx", [1...1, 3...4, 6...6]),
    ("<div>\nx\n\n<p>", [1...2, 4...4]),
    ("    code\n\n    more\n\n\nx", [1...3, 6...6]),
    ("[a]: /b\n\n[a]\n", [3...3]),
    ("- ```\n  a\n  ```\n\nx", [1...3, 5...5]),
    ("> ```{load}\n> a\n> ```\nx", [1...3, 4...4]),
    ("---\n\n***\nx", [1...1, 3...3, 4...4]),
  ]

  @Test("blocks know their lines", arguments: places)
  func lines(text: String, expected: [ClosedRange<Int>]) throws {
    #expect(try MarkdownParser.parse(text).map(\.lines) == expected)
  }

  @Test("blocks inside lists and quotes know their lines") func nestedLines() throws {
    let text =
      "x\n\n- a\n\n  ```{load}\n  m: 1\n  ```\n- > b\n  >\n  > ```{eval}\n  > n\n  > ```\n\nend\n"
    var found: [String: ClosedRange<Int>] = [:]
    func visit(_ blocks: [Block]) {
      for block in blocks {
        switch block.kind {
        case .codeBlock(let info, _): found[info] = block.lines
        case .blockQuote(let inner): visit(inner)
        case .list(let list): list.items.forEach { visit($0.content) }
        default: break
        }
      }
    }
    visit(try MarkdownParser.parse(text))
    #expect(found == ["{load}": 5...7, "{eval}": 10...12])
  }

  @Test(
    "hostile nesting is refused",
    arguments: [
      (">", 100_000, "", 0), ("- ", 20_000, "a", 1), ("*a **b ", 2_000, "c** d* ", 2_000),
    ])
  func depth(opening: String, count: Int, closing: String, times: Int) {
    let text =
      String(repeating: opening, count: count) + String(repeating: closing, count: times)
    #expect(throws: MarkdownError.tooDeep(line: 1, limit: 256)) {
      try MarkdownParser.parse(text)
    }
  }

  @Test("size is limited, and ten megabytes are fine") func size() throws {
    let text = String(repeating: "word *word* word\n\n", count: 600_000)
    #expect(try MarkdownParser.parse(text).count == 600_000)
  }

  @Test("many threads parse at once") func threads() async throws {
    let expected = try MarkdownParser.parse("~~a~~ https://b.cd\n\n| x |\n|---|")
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<2_000 {
        group.addTask {
          (try? MarkdownParser.parse("~~a~~ https://b.cd\n\n| x |\n|---|")) == expected
        }
      }
      for await same in group { #expect(same) }
    }
  }

  @Test("the empty text has no blocks", arguments: ["", "\n\n", " \t\n"])
  func empty(text: String) throws { #expect(try MarkdownParser.parse(text).isEmpty) }
}

@Suite struct PlainTextTests {
  @Test("markup goes, values come") func plainText() {
    let inlines: [Inline] = [
      .text("a "), .strong([.code("b")]), .softBreak, .placeholder(2), .html("<br>"),
      .footnoteReference(label: "x"),
    ]
    #expect(PlainText.of(inlines) { "<\($0)>" } == "a b <2>")
  }

  @Test("anchors are GitHub's and unique") func anchors() {
    var anchors = HeadingAnchors(taken: ["tbl-x"])
    let names = ["Results & Analysis", "NF4: a_b", "Results & Analysis", "∞", "Tbl X", "Größe"]
    #expect(
      names.map { anchors.anchor(for: $0) }
        == ["results--analysis", "nf4-a_b", "results--analysis-1", "section", "tbl-x-1", "größe"])
  }
}
