import Testing

@testable import Markdown

private func paragraph(_ text: String) throws -> [Inline] {
  let blocks = try MarkdownParser.parse(text)
  guard case .paragraph(let content)? = blocks.first?.kind else { return [] }
  return content
}

@Suite struct FormulaScannerTests {
  static let texts: [(String, [Inline])] = [
    ("$a_1 b_2$", [.formula(source: "a_1 b_2", isDisplay: false)]),
    (
      #"is $\frac{a}{b}$, so"#,
      [.text("is "), .formula(source: #"\frac{a}{b}"#, isDisplay: false), .text(", so")]
    ),
    ("$5 and $6", [.text("$5 and $6")]),
    (
      "It costs $5 and $6; the size is $n$.",
      [
        .text("It costs $5 and $6; the size is "), .formula(source: "n", isDisplay: false),
        .text("."),
      ]
    ),
    ("$10–$20", [.text("$10–$20")]),
    (#"\$x$ y"#, [.text("$x$ y")]),
    ("a$x$", [.text("a$x$")]),
    ("$ x$", [.text("$ x$")]),
    ("$x $", [.text("$x $")]),
    ("$$x$$", [.formula(source: "x", isDisplay: true)]),
    ("$$\nx\n+ y\n$$", [.formula(source: "x\n+ y", isDisplay: true)]),
    (
      "a\n$$\nx\n$$\nb",
      [.text("a"), .softBreak, .formula(source: "x", isDisplay: true), .softBreak, .text("b")]
    ),
    ("`$x$`", [.code("$x$")]),
    ("`a $` and $`b", [.code("a $"), .text(" and $`b")]),
    ("$`a $ b`$", [.formula(source: "a $ b", isDisplay: false)]),
    ("$$\nx\n\ny$$", [.text("$$"), .softBreak, .text("x")]),
    ("$a *b* c$", [.formula(source: "a *b* c", isDisplay: false)]),
    ("**$x$**", [.strong([.formula(source: "x", isDisplay: false)])]),
    ("a <i title=\"$x$\">", [.text("a "), .html("<i title=\"$x$\">")]),
    ("$", [.text("$")]),
    ("$$", [.text("$$")]),
    ("$$$x$$$", [.text("$$$x$$$")]),
    ("[a](b$c$)", [.link(destination: "b$c$", title: "", content: [.text("a")])]),
  ]

  @Test(arguments: texts) func finds(text: String, expected: [Inline]) throws {
    #expect(try paragraph(text) == expected)
  }

  @Test func leavesListingsAlone() throws {
    for text in ["```\n$x$\n```", "    $x$\n", "> ```\n> $x$\n> ```", "- ~~~\n  $x$\n  ~~~"] {
      #expect("\(try MarkdownParser.parse(text))".contains("$x$"), "\(text)")
      #expect(!"\(try MarkdownParser.parse(text))".contains("formula("), "\(text)")
    }
  }

  @Test func stripsTheMarksOfABlockquote() throws {
    let blocks = try MarkdownParser.parse("> $$\n> a\n> b\n> $$\n\nc")
    guard case .blockQuote(let inner)? = blocks.first?.kind else {
      Issue.record("no blockquote")
      return
    }
    #expect(inner.map(\.kind) == [.paragraph([.formula(source: "a\nb", isDisplay: true)])])
    #expect(blocks.last?.lines == 6...6)
  }

  @Test func isNotSplitByATable() throws {
    let blocks = try MarkdownParser.parse("| a |\n|---|\n| $x|y$ |")
    guard case .table(let table)? = blocks.first?.kind else {
      Issue.record("no table")
      return
    }
    #expect(table.rows == [[[.formula(source: "x|y", isDisplay: false)]]])
  }

  @Test func keepsTheTokensOfExpressions() throws {
    let token = Placeholders.token(3)
    #expect(
      try paragraph("$x = \(token)$") == [.formula(source: "x = \(token)", isDisplay: false)])
  }

  /// Each of these would be searched to its end once for each dollar if nothing were remembered.
  @Test(arguments: ["$a ", "`$a ", "$$a ", "$`a ", "``$"]) func readsManyDollars(piece: String)
    throws
  {
    let text = String(repeating: piece, count: 20_000)
    #expect(FormulaScanner(text).text.utf8.count > 0)
  }
}
