import Markdown
import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct ReferencesHeadingTests {
  private func report(_ markdown: String) throws -> Report {
    Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(markdown), name: "n",
      references: [.init(identifier: "ref-a", text: [.text("The work.")])])
  }

  @Test("the list stands under the author's empty heading, wherever that is")
  func place() throws {
    let report = try report("# One\n\nText.\n\n# References\n\n# Appendix\n\nMore.\n")
    let html = try HTMLRenderer().render(report)
    let list = try #require(html.firstRange(of: "The work."))
    #expect(html[..<list.lowerBound].contains(">2</span> References"))
    #expect(html[list.upperBound...].contains(">3</span> Appendix"))
    #expect(html.ranges(of: "The work.").count == 1 && !html.contains("<h2 id=\"references\">R"))
    let markdown = MarkdownRenderer().render(report).text
    #expect(
      markdown.contains("## 2 References\n\n1. <a id=\"ref-a\"></a>The work.\n\n## 3 Appendix"))
  }

  static let places: [(String, Int?)] = [
    ("# References", 0), ("# References\n\nText.", nil), ("# References\n\n## Sub", nil),
    ("# A\n\n# Literature\n\n[^a]: Note.\n\nX[^a]", nil), ("A[^a]\n\n# Literature\n\n[^a]: N.", 1),
    ("# References\n\n# References", 1), ("# Other", nil),
  ]

  @Test(arguments: places) func finds(markdown: String, place: Int?) throws {
    #expect(try report(markdown).referencesHeading == place)
  }
}
