import Diagnostics
import Foundation
import Testing

@Suite struct JSONRendererTests {
  private func span(_ range: Range<Int>, in text: String, file: String = "n.md") -> SourceSpan {
    SourceSpan(file: SourceFile(name: file, text: text), range: range)
  }

  @Test("one object a line, with the keys in order and places from 1")
  func whole() {
    let text = "a\nbü: cd\n"
    let diagnostics = [
      Diagnostic(
        .unknownValue, "wrong \"cd\"", at: span(7..<9, in: text),
        notes: [Diagnostic.Note("here", at: span(0..<1, in: text)), Diagnostic.Note("and")],
        help: "try x"),
      Diagnostic(.unusedFootnote, "no", at: nil),
    ]
    let none = #""file": null, "line": null, "column": null, "endLine": null, "endColumn": null"#
    #expect(
      JSONRenderer().render(diagnostics)
        == #"{"file": "n.md", "line": 2, "column": 5, "endLine": 2, "endColumn": 7, "#
        + #""severity": "error", "code": "QB0203", "message": "wrong \"cd\"", "notes": "#
        + #"[{"file": "n.md", "line": 1, "column": 1, "endLine": 1, "endColumn": 2, "#
        + #""message": "here"}, {\#(none), "message": "and"}], "help": "try x"}"# + "\n"
        + #"{\#(none), "severity": "warning", "code": "QB0603", "message": "no", "notes": [], "#
        + #""help": null}"# + "\n")
  }

  @Test("whatever a message holds, it is one line that JSON readers read back")
  func hostile() throws {
    let message = "\0\u{1}\u{1F}\"\\/\n\r\t\u{7F}\u{85}\u{2028}\u{2029}😀é"
    let line = JSONRenderer().render([Diagnostic(.cellFailed, message, at: nil)])
    #expect(line.split(whereSeparator: \.isNewline).count == 1)
    let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    #expect(object?["message"] as? String == message)
  }

  @Test("numbers without a JSON form are texts; whole ones have no point")
  func numbers() {
    let document: JSONDocument = [
      .number(1), .number(0.5), .number(.infinity), .number(-.infinity), .number(.nan),
      .number(1e300), true, .null,
    ]
    #expect(document.line == #"[1, 0.5, "Infinity", "-Infinity", "NaN", 1e+300, true, null]"#)
  }

  @Test("indented, short lists stay in a line and order is kept")
  func indented() {
    let document: JSONDocument = ["z": 1, "a": ["x", "y"], "m": [["k": "v"]], "e": [:], "l": []]
    #expect(
      document.indented == """
        {
          "z": 1,
          "a": ["x", "y"],
          "m": [
            {"k": "v"}
          ],
          "e": {},
          "l": []
        }
        """)
  }
}

@Suite struct GitHubRendererTests {
  @Test("escapes as the workflow's toolkit does")
  func escapes() {
    let file = SourceFile(name: "a,b:c%.md", text: "x\n")
    let diagnostic = Diagnostic(
      .unknownKey, "100%, a: b\r\nc", at: SourceSpan(file: file, range: 0..<1),
      notes: [Diagnostic.Note("note")], help: "help")
    #expect(
      GitHubRenderer().render([diagnostic])
        == "::error file=a%2Cb%3Ac%25.md,line=1,col=1,endLine=1,endColumn=2,title=QB0202::"
        + "100%25, a: b%0Ac%0Anote: note%0Ahelp: help\n")
  }

  @Test("a warning without a place")
  func placeless() {
    #expect(
      GitHubRenderer().render([Diagnostic(.unusedFootnote, "no", at: nil)])
        == "::warning title=QB0603::no\n")
  }
}
