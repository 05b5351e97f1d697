import Diagnostics
import NotebookLanguage
import Testing

@testable import quantbook

@Suite struct PreviewParametersTests {
  private func declared(_ text: String) throws -> [Parameter] {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: "---\n\(text)\n---\n"))
    try #require(notebook.mistakes.isEmpty)
    return notebook.frontMatter.parameters.parameters
  }

  @Test("values are checked as those of -P; what is right is set all the same")
  func checking() throws {
    let parameters = PreviewParameters()
    let declared = try declared(
      "params: {stride: {default: 512, min: 1, max: 1024}, word: {default: a, choices: [a, b]}}")
    #expect(parameters.settings(for: declared).isEmpty)
    let (isChange, mistakes) = parameters.set(["stride": "2000", "word": "b", "wrod": "b"])
    #expect(isChange)
    #expect(
      mistakes.map(\.text) == [
        "the parameter 'stride' is at most 1,024, not 2000", "no parameter is named 'wrod'",
      ])
    #expect(parameters.settings(for: declared) == [ParameterSetting(name: "word", text: "b")])
    #expect(!parameters.set(["word": "b"]).isChange)
    #expect(parameters.set([:]).isChange)
    #expect(parameters.settings(for: declared).isEmpty)
  }

  @Test("what the notebook no longer declares, or bounds otherwise, is forgotten")
  func forgetting() throws {
    let parameters = PreviewParameters()
    _ = parameters.settings(for: try declared("params: {n: 5, m: 5}"))
    _ = parameters.set(["n": "9", "m": "9"])
    let narrowed = try declared("params: {n: {default: 5, max: 8}, m: 5}")
    #expect(parameters.settings(for: narrowed) == [ParameterSetting(name: "m", text: "9")])
    #expect(parameters.settings(for: try declared("params: {n: 5}")).isEmpty)
  }

  @Test("a control has the bounds, what the command line gives, and the value that holds")
  func controls() throws {
    let parameters = PreviewParameters()
    let declared = try declared("params: {n: {default: 5, min: 1, max: 8, help: Some.}}")
    _ = parameters.settings(for: declared)
    let number = Value.number(Number(7, origin: .given))
    let controls = parameters.controls(
      values: ["n": number], given: [ParameterSetting(name: "n", text: "6")])
    #expect(
      controls.line == """
        [{"name": "n", "type": "int", "isList": false, "min": 1, "max": 8, "choices": [], "help": "Some.", \
        "base": "6", "value": "7"}]
        """)
  }

  @Test("a list is shown and set as it is typed")
  func lists() throws {
    let parameters = PreviewParameters()
    let declared = try declared("params: {sizes: [32, 1024], words: [a, 'b, c']}")
    _ = parameters.settings(for: declared)
    let line = parameters.controls(values: [:], given: []).line
    #expect(line.contains("\"base\": \"[32, 1024]\""))
    #expect(line.contains("\"base\": \"[a, \\\"b, c\\\"]\""))
    #expect(parameters.set(["sizes": "[8, 16]", "words": "[\"d, e\"]"]).mistakes.isEmpty)
    #expect(parameters.set(["sizes": "[8, x]"]).mistakes.count == 1)
  }
}
