import Markdown
import NotebookLanguage
import TestSupport
import Testing

@testable import Rendering

/// Each file of `Golden/` is running text, its HTML and its Markdown.
@Suite struct GoldenTests {
  static let cases = GoldenFile.all(in: GoldenFile.path("Golden"))

  /// Kinds of blocks, each of which has a file of its own or stands in one.
  @Test("every kind of block has a golden file")
  func complete() throws {
    let kinds = try Self.cases.flatMap { try MarkdownParser.parse($0.input) }.map { block in
      switch block.kind {
      case .heading: "heading"
      case .paragraph: "paragraph"
      case .blockQuote: "blockQuote"
      case .callout: "callout"
      case .list: "list"
      case .codeBlock: "codeBlock"
      case .html: "html"
      case .thematicBreak: "thematicBreak"
      case .table: "table"
      case .footnoteDefinition: "footnoteDefinition"
      case .placeholder: "placeholder"
      }
    }
    #expect(
      Set(kinds) == [
        "heading", "paragraph", "blockQuote", "callout", "list", "codeBlock", "html",
        "thematicBreak", "table", "footnoteDefinition",
      ])
  }

  @Test("running text is written exactly so", arguments: cases)
  func writes(_ example: GoldenFile) throws {
    let report = Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(example.input),
      values: [
        DisplayedValue(text: "57.16", error: "± 1.60", note: "12,299 tokens", number: 57.16),
        SampleReport.infinite,
      ], name: "n")
    var writer = HTMLWriter(report: report)
    let markdown = MarkdownRenderer().render(report).text.trimmingPrefix("# T\n\n")
    let found = [writer.body(), String(markdown)]
    #expect(try found == example.expected(updatedTo: found))
  }
}
