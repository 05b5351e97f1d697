import Foundation
import Markdown
import NotebookLanguage
import Testing

@testable import Rendering

/// One file of `Golden/`: running text, a line `=====`, its HTML, a line `=====`, and its Markdown.
///
/// With `UPDATE_CASES=1` in the environment what is expected is written anew, to be read before it is
/// committed.
struct GoldenCase: CustomTestStringConvertible {
  let name: String
  let text: String
  let html: String
  let markdown: String

  var testDescription: String { name }

  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Golden")
  private static let separator = "\n=====\n"

  static let all: [Self] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".md") }.sorted().compactMap { file in
      guard
        let contents = try? String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
      else { return nil }
      let parts = contents.split(separator: separator, omittingEmptySubsequences: false)
        .map(String.init)
      return Self(
        name: file, text: parts[0], html: parts.count > 1 ? parts[1] : "",
        markdown: parts.count > 2 ? parts[2] : "")
    }
  }()

  func report() throws -> Report {
    Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(text + "\n"),
      values: [
        DisplayedValue(text: "57.16", error: "± 1.60", note: "12,299 tokens", number: 57.16),
        SampleReport.infinite,
      ], name: "n")
  }

  func write(html: String, markdown: String) throws {
    try [text, html, markdown].joined(separator: Self.separator).write(
      to: Self.folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
  }
}

@Suite struct GoldenTests {
  /// Kinds of blocks, each of which has a file of its own or stands in one.
  @Test("every kind of block has a golden file")
  func complete() throws {
    let kinds = try GoldenCase.all.flatMap { try MarkdownParser.parse($0.text) }.map { block in
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

  @Test("running text is written exactly so", arguments: GoldenCase.all)
  func writes(_ example: GoldenCase) throws {
    let report = try example.report()
    var writer = HTMLWriter(report: report)
    let html = writer.body()
    let markdown = String(
      MarkdownRenderer().render(report).text.trimmingPrefix("# T\n\n"))
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil {
      try example.write(html: html, markdown: markdown)
    } else {
      #expect(html == example.html)
      #expect(markdown == example.markdown)
    }
  }
}
