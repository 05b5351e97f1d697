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

  @Test("tabs stay tabs under the line")
  func tabs() throws {
    #expect(try render("\tkey: x\n", marking: "x").contains("      | \t     ^\n"))
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
