import Diagnostics
import Markdown
import TestSupport
import Testing
import ToyCells

@testable import NotebookLanguage

@Suite struct NotebookParserTests {
  private func parse(_ text: String) throws -> Notebook {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    guard notebook.mistakes.isEmpty else { throw DiagnosticList(notebook.mistakes) }
    return notebook
  }

  private func codes(_ text: String) -> [DiagnosticCode] {
    ToyCells.mistakes(in: text).map(\.code)
  }

  @Test("expressions come through Markdown unharmed")
  func places() throws {
    let notebook = try parse(
      """
      # At {{ a*b*c }}

      *{{ x | round(2) }}* in https://x.org/{{ y }} and `{{ code }}` and \\{{ braces.

      | A | B |
      |---|---|
      | {{ p | pm }} | 2 |
      """)
    #expect(notebook.expressions.count == 4)
    #expect(
      notebook.blocks[0].kind
        == .heading(
          level: 1, content: [.text("At "), .placeholder(0)], identifier: nil))
    guard case .paragraph(let inlines) = notebook.blocks[1].kind else {
      Issue.record("no paragraph")
      return
    }
    #expect(inlines.first == .emphasis([.placeholder(1)]))
    #expect(inlines.contains(.code("{{ code }}")))
    #expect(PlainText.of(inlines).contains("{{ braces."))
    guard case .table(let table) = notebook.blocks[2].kind else {
      Issue.record("no table")
      return
    }
    #expect(table.rows == [[[.placeholder(5)], [.text("2")]]])
  }

  @Test("front matter is no rule and heading")
  func frontMatter() throws {
    let notebook = try parse(
      """
      ---
      title: On {{ a }}
      author: [A, B]
      params:
        stride: 512
        name: {default: starter, help: A name.}
        share: 0.5
        fast: true
      ---

      Text.
      """)
    #expect(notebook.blocks.count == 1)
    #expect(notebook.blocks[0].lines == 11...11)
    #expect(notebook.title == [.text("On "), .placeholder(0)])
    #expect(notebook.frontMatter.authors.map(\.text) == ["A", "B"])
    let parameters = notebook.frontMatter.parameters.parameters
    #expect(parameters.map(\.kind) == [.int, .string, .number, .bool])
  }

  @Test("cells, their options and bodies")
  func cells() throws {
    let notebook = try parse(
      """
      ```{source}
      #| label: a
      #| echo: fenced
      number: 1 # {{ a comment's expression is none of ours }}
      ```

      ```yaml
      {{ no cell }}
      ```
      """)
    #expect(notebook.cells.count == 1)
    #expect(notebook.cells[0].label == "a")
    #expect(notebook.cells[0].options.echo == .fenced)
    #expect(notebook.blocks[0].kind == .placeholder(0))
    #expect(notebook.blocks[1].kind == .codeBlock(info: "yaml", literal: "{{ no cell }}\n"))
    #expect(notebook.expressions.isEmpty)
  }

  @Test("Windows line ends and a last line without an end")
  func lineEnds() throws {
    let notebook = try parse("---\r\ntitle: A\r\n---\r\n\r\n```{source}\r\nnumber: 1\r\n```")
    #expect(notebook.title == [.text("A")])
    #expect(notebook.cells.count == 1)
    #expect(codes("---\r\ntitle: A\r\n---\r\n\r\n```{source}\r\nnumber: 1\r\n```").isEmpty)
  }

  @Test("the reserved characters are refused", arguments: ["\u{E000}", "a\u{E003}b"])
  func reserved(_ text: String) {
    #expect(codes(text) == [.reservedCharacter])
    #expect(codes("\u{E004}").isEmpty)
  }

  /// A text made to harm, with a name short enough for a log.
  struct Hostile: CustomTestStringConvertible {
    var testDescription: String
    var text: String
    /// Whether something must be said about it.
    var isMistake = true

    static let all = [
      Self(
        testDescription: "nested quotes", text: String(repeating: ">", count: 100_000) + " a",
        isMistake: false),
      Self(
        testDescription: "open brackets", text: String(repeating: "[", count: 50_000),
        isMistake: false),
      Self(testDescription: "open expressions", text: String(repeating: "{{", count: 50_000)),
      Self(
        testDescription: "nested YAML lists",
        text: "```{source}\nnumber: " + String(repeating: "[", count: 5000) + "\n```"),
      Self(testDescription: "YAML aliases of aliases", text: aliases),
      Self(testDescription: "a null byte", text: "```{source}\n\0\n```"),
      Self(testDescription: "front matter that is a list", text: "---\n- a\n- b\n---\n"),
      Self(
        testDescription: "a parameter that is a list of lists",
        text: "---\nparams: {a: {default: [[1]]}}\n---\n"),
    ]

    private static let aliases: String = {
      var text = "```{source}\nb0: &b0 [1,1,1,1,1,1,1,1,1,1]\n"
      for level in 1..<9 {
        let list = [String](repeating: "*b\(level - 1)", count: 10).joined(separator: ",")
        text += "b\(level): &b\(level) [\(list)]\n"
      }
      return text + "```"
    }()
  }

  @Test("hostile texts end in a message", arguments: Hostile.all)
  func hostile(_ hostile: Hostile) {
    let found = codes(hostile.text)
    #expect(!found.isEmpty || !hostile.isMistake)
  }

  @Test("thousands of random notebooks never trap")
  func random() {
    var generator = SplitMix64(seed: 42)
    let pieces = [
      "```{source}\n", "```\n", "number: ", "1\n", "{{", "}}", "a.b", " | pm", "\n", "---\n",
      "#| label: a\n", "> ", "- ", "\t", "é", "模", "\\", "*", "[", "]", "(", ")", "@tbl-a", ":",
      "'",
      "\"", "&a ", "*a ", "{", "}", "\r\n", "\u{0}", "of: a\n", "~~~\n", "|",
      "#| tbl-cap: {{ a }}\n",
    ]
    var total = 0
    for _ in 0..<3000 {
      let length = Int(generator.next() % 40)
      let text = (0..<length).map { _ in pieces[Int(generator.next() % UInt64(pieces.count))] }
        .joined()
      total += codes(text).count
    }
    #expect(total > 1000)
  }
}
