import Diagnostics
import Testing

@Suite struct TextRendererTests {
  private func render(_ text: String, marking part: String, file: String = "n.md") throws -> String
  {
    let source = SourceFile(name: file, text: text)
    let bytes = Array(part.utf8)
    let start = try #require(
      (0...source.bytes.count - bytes.count).first {
        source.bytes[$0..<$0 + bytes.count].elementsEqual(bytes)
      })
    let span = SourceSpan(file: source, range: start..<start + bytes.count)
    return TextRenderer().render(Diagnostic(.unknownValue, "wrong", at: span, help: "try x"))
  }

  @Test("place, source line, caret under the span, help")
  func whole() throws {
    #expect(
      try render("a\nscheme: nf-4\n", marking: "nf-4") == """
        n.md:2:9: error: wrong [QB0203]
            2 | scheme: nf-4
              |         ^~~~
        help: try x

        """)
  }

  @Test("wide characters push the caret by two columns, and count as one")
  func wide() throws {
    #expect(
      try render("量化: x\n", marking: "x") == """
        n.md:1:5: error: wrong [QB0203]
            1 | 量化: x
              |       ^
        help: try x

        """)
  }

  @Test("a tab is four spaces, before the span and in it")
  func tabs() throws {
    #expect(try render("\tkey: x\n", marking: "x").contains("|     key: x\n      |          ^\n"))
    #expect(try render("a\tb c\n", marking: "a\tb").contains("| a    b c\n      | ^~~~~~\n"))
  }

  @Test("marks that stand on others, and joined emoji, are as wide as they look")
  func combining() throws {
    #expect(try render("e\u{301}\u{323} x\n", marking: "x").contains("n.md:1:3:"))
    #expect(try render("e\u{301}\u{323} x\n", marking: "x").contains("      |   ^\n"))
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}"
    #expect(try render("\(family) x\n", marking: "x").contains("      |    ^\n"))
    #expect(try render("\u{260E}\u{FE0F} x\n", marking: "x").contains("      |    ^\n"))
    #expect(try render("\u{200B}x\n", marking: "x").contains("      | ^\n"))
  }

  @Test("any line end counts once", arguments: ["\n", "\r\n", "\r"])
  func lineEnds(_ end: String) throws {
    let text = "one\(end)two x\(end)three"
    #expect(try render(text, marking: "x").hasPrefix("n.md:2:5:"))
    #expect(try render(text, marking: "x").contains("    2 | two x\n      |     ^\n"))
  }

  @Test("a byte order mark is no character of the text")
  func byteOrderMark() throws {
    #expect(try render("\u{FEFF}x y", marking: "y").hasPrefix("n.md:1:3:"))
  }

  @Test("a very long line is cut around the span")
  func long() throws {
    let text = String(repeating: "a", count: 5000) + "!" + String(repeating: "b", count: 5000)
    let lines = try render(text, marking: "!").split(separator: "\n")
    #expect(lines[0].hasPrefix("n.md:1:5001:"))
    #expect(lines[1].count < 200)
    #expect(lines[1].contains("a!b"))
  }

  @Test("a span at the end of the text is shown")
  func end() {
    let source = SourceFile(name: "n.md", text: "abc")
    let text = TextRenderer().render(
      Diagnostic(.unclosedCell, "open", at: SourceSpan(file: source, range: 3..<3)))
    #expect(text.contains("n.md:1:4: error: open"))
    #expect(text.contains("|    ^"))
  }

  @Test("control characters of a source do not reach the terminal")
  func control() throws {
    #expect(!(try render("a\u{1B}[31mx\n", marking: "x").contains("\u{1B}")))
    #expect(!(try render("a\u{9B}31m\u{202E}x\n", marking: "x").contains("\u{202E}")))
    let source = SourceFile(name: "n\u{1B}.md", text: "a")
    let text = TextRenderer().render(
      Diagnostic(
        .unknownValue, "unknown mode '\u{1B}[2J'", at: SourceSpan(file: source, range: 0..<1),
        notes: [Diagnostic.Note("\u{7}")], help: "try \u{0}"))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test("every code has a number of its own and an explanation")
  func codes() {
    #expect(Set(DiagnosticCode.allCases.map(\.rawValue)).count == DiagnosticCode.allCases.count)
    for code in DiagnosticCode.allCases {
      #expect(code.rawValue.wholeMatch(of: /QB\d{4}/) != nil)
      #expect(code.explanation.hasSuffix("."))
    }
  }
}
