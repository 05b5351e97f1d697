import Diagnostics
import Testing
import ToyCells

@testable import NotebookLanguage

/// Notebooks of ten megabytes made to harm: each is read or ends in a message, and none traps or hangs.
@Suite struct HostileNotebookTests {
  struct Large: CustomTestStringConvertible {
    var testDescription: String
    /// Repeated until the text has ten megabytes.
    var unit: String
    var before = ""
    var after = ""
    /// What is said about it first; nil where nothing is wrong.
    var code: DiagnosticCode?

    init(
      _ name: String, _ unit: String, before: String = "", after: String = "",
      _ code: DiagnosticCode? = nil
    ) {
      testDescription = name
      self.unit = unit
      self.before = before
      self.after = after
      self.code = code
    }

    var text: String {
      before + String(repeating: unit, count: 10_000_000 / unit.utf8.count) + after
    }

    static let cell = "```{source}\nnumber: "
    static let end = "\n```\n"

    static let all = [
      Self("prose", "Some words in a row, as people write them down.\n\n"),
      Self("one line", "word "),
      Self("one line of wide characters", "量化"),
      Self("combining marks", "\u{301}"),
      Self("opened expressions", "{{", .unclosedExpression),
      Self("closed expressions", "{{ 1 }} ", .tooComplex),
      Self("opened expressions on lines", "{{ a\n", .unclosedExpression),
      Self("one endless expression", "1 + ", before: "{{ ", after: "1 }}", .unclosedExpression),
      Self("quotes in expressions", "{{ ' }} ", .tooComplex),
      Self("backticks", "`", .unclosedCell),
      Self("backslashes", "\\"),
      Self("pairs of backticks", "`a` ``", .tooComplex),
      Self("nested lists", "- ", .tooComplex),
      Self("nested numbered lists", "1. ", .tooComplex),
      Self("nested quotes", ">", .tooComplex),
      Self("quotes on lines", "> a\n>> b\n", .tooComplex),
      Self("entries of a list", "- a\n", .tooComplex),
      Self("brackets", "[", .tooComplex),
      Self("empty links", "[](", .tooComplex),
      Self("emphasis", "*a **b "),
      Self("entities", "&amp;"),
      Self("cells of a table", "|", before: "|a|\n|-|\n", .tooComplex),
      Self("rows of a table", "|a|\n", before: "|a|\n|-|\n", .tooComplex),
      Self("footnotes", "[^a]: b\n", .tooComplex),
      Self("addresses", "www.a.b c@d.e ", .tooComplex),
      Self("line ends", "\n", .tooComplex),
      Self("carriage returns", "\r", .tooComplex),
      Self("fences", "```{a}\n```\n", .tooComplex),
      Self("references", "@tbl-a ", .tooComplex),
      Self("front matter without an end", "a: b\n", before: "---\n", .unclosedFrontMatter),
      Self("keys of the front matter", "a: b\n", before: "---\n", after: "---\n", .tooComplex),
      Self("a cell without an end", "a word or so\n", before: "```{source}\n", .unclosedCell),
      Self("a list in a cell", "- 12\n", before: "```{source}\n", after: end, .tooComplex),
      Self("brackets in a cell", "[ ", before: cell, after: end, .tooComplex),
      Self("keys in keys", "- a: ", before: "```{source}\n", after: end, .tooComplex),
      Self("a text in a cell", "x y ", before: cell, after: end, .tooComplex),
      Self("a quoted text in a cell", "''", before: cell + "'", after: "'" + end, .tooComplex),
      Self("garbage in a cell", "] and so on\n", before: "```{source}\n", after: end, .tooComplex),
      Self("a long name", "a", before: "```{scale}\nof: ", after: end, .tooComplex),
      Self(
        "a long label", "a", before: "```{source}\n#| label: ", after: "\nnumber: 1" + end,
        .tooComplex),
    ]
  }

  @Test("ten megabytes", arguments: Large.all)
  func large(_ notebook: Large) {
    let found = ToyCells.mistakes(in: notebook.text)
    #expect(found.first?.code == notebook.code, "\(found.first?.message ?? "nothing")")
    // What is shown of it is short.
    let shown = TextRenderer().render(Array(found.prefix(20)))
    #expect(shown.utf8.count < 40_000)
  }

  @Test("a notebook of more than sixteen megabytes is refused")
  func tooLarge() {
    let text = String(repeating: "word word word\n", count: 1_200_000)
    #expect(ToyCells.mistakes(in: text).map(\.code) == [.tooComplex])
  }

  @Test("aliases of aliases are refused by name, not unfolded")
  func aliases() {
    var text = "```{source}\nb0: &b0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
    for level in 1..<12 {
      let list = [String](repeating: "*b\(level - 1)", count: 10).joined(separator: ", ")
      text += "b\(level): &b\(level) [\(list)]\n"
    }
    let found = ToyCells.mistakes(in: text + "? *b11\n: 1\n```\n")
    #expect(found.count == 13)
    #expect(Set(found.map(\.code)) == [.invalidYAML])
    #expect(found[0].message == "YAML's anchors have no place in a notebook")
  }

  @Test("notebooks that include more and more of others end in a message")
  func includes() {
    let file = SourceFile(name: "n.md", text: "```{include}\nfile: 0.md\n```\n")
    let notebook = NotebookParser.parse(file) { (path, _) throws(Diagnostic) in
      let number = Int(path.dropLast(3)) ?? 0
      let next = "```{include}\nfile: \(number + 1).md\n```\n"
      return SourceFile(name: path, text: String(repeating: next, count: 10))
    }
    #expect(notebook.mistakes.first?.code == .tooComplex)
    #expect(notebook.includedFiles.count == 8)
  }
}
