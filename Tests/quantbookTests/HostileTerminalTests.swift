import Diagnostics
import Foundation
import NotebookLanguage
import TestSupport
import Testing

@testable import quantbook

/// What a notebook holds never steers the terminal on which a command tells of it.
@Suite struct HostileTerminalTests {
  /// A notebook with the text in every place that messages quote: it is wrong in most of them.
  private static func notebook(_ text: String) -> String {
    let quoted = String(decoding: (try? JSONEncoder().encode(text)) ?? Data(), as: UTF8.self)
    return """
      ---
      title: \(quoted)
      \(quoted): 1
      params: {p: {default: \(quoted), help: \(quoted), choices: [\(quoted)]}, \(quoted): 1}
      format: {html: {css: \(quoted)}}
      ---

      {{ nothing['\(text)'] }} ![\(text)](\(text)) $\\nothing{\(text)}$ [@\(text)] \(text)

      ```{load}
      #| label: \(quoted)
      model: \(quoted)
      ```

      ```{corpus}
      text: \(quoted)
      split: \(quoted)
      ```

      ```{\(text)}
      ```

      """
  }

  @Test("messages show controls instead of obeying them, in each form")
  func messages() throws {
    let folder = try TemporaryFolder()
    let hostile = try HostileText.all().filter { ["direction", "terminal"].contains($0.kind) }
    #expect(hostile.count > 15)
    for (number, text) in hostile.enumerated() {
      try folder.write(Self.notebook(text.text), to: "n\(number).md")
    }
    for form in ["text", "json", "github"] {
      for command in ["check", "run", "params", "graph", "status"] {
        for number in hostile.indices {
          let run = try CommandRun.quantbook(
            command, "n\(number).md", "--diagnostics", form, in: folder)
          #expect(run.status == 2, "\(command) \(form) \(hostile[number])")
          let controls = HostileText.controls(in: run.errors + run.output)
          #expect(controls.isEmpty, "\(command) \(form) \(hostile[number]): \(controls)")
        }
      }
    }
  }

  @Test("listings through a pipe show controls, contents are as they are")
  func pipes() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "---\ntitle: \"a\\e[2Jb\\u009b\\u202e\"\nparams: {p: {default: \"x\\e[2J\", help: \"\\u009b1m\"}}\n---\n",
      to: "n.md")
    let listed = try CommandRun.quantbook("params", "n.md", in: folder)
    #expect(listed.status == 0, "\(listed.errors)")
    #expect(listed.output.contains("\\u{1B}[2J"), "\(listed.output)")
    #expect(HostileText.controls(in: listed.output).isEmpty)
    let results = try CommandRun.quantbook("run", "n.md", "-o", "-", "--to", "json", in: folder)
    #expect(results.status == 0, "\(results.errors)")
    #expect(results.output.contains(#"a\u001b[2Jb\u009b\u202e"#), "\(results.output)")
    #expect(HostileText.controls(in: results.output).isEmpty)
  }

  @Test("the excerpt has its caret under the mistake, after characters that are shown as escapes")
  func caret() {
    let file = SourceFile(name: "n.md", text: "a\u{202E}\u{1B}b wrong")
    let start = "a\u{202E}\u{1B}b ".utf8.count
    let text = TextRenderer().render([
      Diagnostic(.unknownKey, "x\u{202E}y\nz", at: SourceSpan(file: file, range: start..<start + 5))
    ])
    #expect(
      text == """
        n.md:1:6: error: x\\u{202E}y z [QB0202]
            1 | a\\u{202E}\\u{1B}b wrong
              |                  ^~~~~

        """)
  }

  @Test("graphs quote what their languages would read")
  func graph() {
    let labels = ["a\"\u{301}];b[label=\"c", "\\\"", "<script>", "a\nb\u{1B}[2J"]
    let graph = NotebookGraph(labels: labels, edges: [])
    let dot = graph.text(.dot)
    #expect(dot.contains("[label=\"a\\\"\u{301}];b[label=\\\"c\"];"))
    #expect(dot.contains("[label=\"\\\\\\\"\"];"))
    for text in [dot, graph.text(.mermaid)] { #expect(HostileText.controls(in: text).isEmpty) }
    #expect(!graph.text(.mermaid).contains("<script>"))
    #expect(graph.text(.mermaid).unicodeScalars.count { $0 == "\"" } == 8)
  }

  @Test("controls are shown as Swift writes them, line ends and tabs stay")
  func visible() throws {
    #expect(
      "a\u{1B}[2J\tb\r\nc\rd\u{9B}\u{202E}\u{200F}e".withVisibleControls
        == "a\\u{1B}[2J\tb\nc\\u{D}d\\u{9B}\\u{202E}\\u{200F}e")
    #expect("a\nb\r".onOneLine == "a b\\u{D}")
    for hostile in try HostileText.all() {
      #expect(HostileText.controls(in: hostile.text.withVisibleControls).isEmpty)
    }
  }
}
