import Testing

@testable import NotebookLanguage

@Suite struct ParameterTextTests {
  @Test("values are written as a notebook has them, without grouped digits")
  func texts() {
    #expect(Parameter.text(of: .count(16_384)) == "16384")
    #expect(Parameter.text(of: .list([.count(32), .count(1024)])) == "[32, 1024]")
    #expect(Parameter.text(of: .list([.text("a,b"), .text("c")])) == "[\"a,b\", c]")
  }
}
