import Diagnostics
import Testing

@testable import NotebookLanguage

@Suite struct WrittenValueTests {
  @Test("values are written as they are typed, without grouped digits")
  func texts() {
    #expect(Value.count(16_384).written == "16384")
    #expect(Value.count(-3).written == "-3")
    #expect(Value.number(0.000_012).written == "1.2e-05")
    #expect(Value.bool(true).written == "true")
    #expect(Value.text("a, b").written == "a, b")
    #expect(Value.list([.count(32), .count(1024)]).written == "[32, 1024]")
    #expect(Value.list([.text("a,b"), .text("c")]).written == "[\"a,b\", c]")
  }

  @Test("what is written is read as the same value")
  func readBack() throws {
    let text = "---\nparams: {words: [a], sizes: [1.5], word: a}\n---\n"
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let words = [
      "nf4", "", " ", "a, b", "[a]", "{a: b}", "a: b", "#a", "- a", "null", "~", "it's", "\"a\"",
      "\\", "*.weight", "a\nb", "größer", "&a", "!a", "%", "@a", "true", "1,000", "?",
    ]
    let values: [String: [Value]] = [
      "words": [.list(words.map { .text($0) })], "word": words.map { .text($0) },
      "sizes": [.list([-3, 0.1, 1e-7, 1e21].map { .number(Number($0, origin: .given)) })],
    ]
    for parameter in notebook.frontMatter.parameters.parameters {
      for value in values[parameter.name] ?? [] {
        let setting = ParameterSetting(name: parameter.name, text: value.written)
        #expect(try parameter.value(of: setting) == value, "\(parameter.name) \(value.written)")
      }
    }
  }
}
