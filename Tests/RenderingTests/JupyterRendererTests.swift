import Foundation
import Markdown
import NotebookLanguage
import Paths
import Testing

@testable import Rendering

@Suite struct JupyterRendererTests {
  private func cells(_ report: Report) throws -> [[String: Any]] {
    let data = Data(JupyterRenderer().render(report).utf8)
    let notebook = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(notebook["nbformat"] as? Int == 4)
    #expect(notebook["nbformat_minor"] as? Int == 5)
    return try #require(notebook["cells"] as? [[String: Any]])
  }

  private func source(_ cell: [String: Any]) -> String {
    (cell["source"] as? [String] ?? []).joined()
  }

  @Test("each cell has a name of its own that stays when figures change")
  func names() throws {
    var report = try SampleReport.make()
    let before = try cells(report).compactMap { $0["id"] as? String }
    #expect(Set(before).count == before.count)
    #expect(before.allSatisfy { $0.wholeMatch(of: /[a-z0-9\-]{1,64}/) != nil })
    #expect(before.contains("tbl-results") && before.contains("sec-methods"))
    report.values[0] = DisplayedValue(text: "59.1")
    #expect(try cells(report).compactMap { $0["id"] as? String } == before)
  }

  @Test("what cells show is there as HTML and as Markdown, a chart also as a picture")
  func outputs() throws {
    let code = try cells(SampleReport.make()).filter { $0["cell_type"] as? String == "code" }
    #expect(code.count == SampleReport.outputs.count)
    for cell in code {
      for output in try #require(cell["outputs"] as? [[String: Any]]) {
        let data = try #require(output["data"] as? [String: Any])
        #expect(data["text/html"] != nil && data["text/markdown"] != nil)
      }
    }
    let data = (code[0]["outputs"] as? [[String: Any]])?.first?["data"] as? [String: [String]]
    let html = try #require(data?["text/html"]).joined()
    #expect(html.contains("<th colspan=\"2\">Manual Quantization</th>"))
    #expect(html.contains("Small figures are published: \"A paper\", Table 1."))
    #expect(source(code[3]) == "of: base")
  }

  @Test("a table that stands behind a line does so here too")
  func folded() throws {
    var table = Table(groups: [], rows: [Table.Row(label: "wte", cells: [])])
    table.summary = "1 < 2 tensors"
    let report = Report(
      title: [], blocks: [Block(.placeholder(0), lines: 1...1)],
      outputs: [[.table(table, .init())]],
      name: "n")
    let text = JupyterRenderer().render(report)
    #expect(text.contains("<details><summary>1 &lt; 2 tensors</summary>"))
    #expect(text.contains("</details>"))
  }

  @Test("notes and callouts do without what only GitHub's Markdown has")
  func dialect() throws {
    let text = try cells(SampleReport.make()).map(source).joined(separator: "\n")
    #expect(!text.contains("[^") && !text.contains("[!WARNING]"))
    #expect(text.contains("<sup><a href=\"#note-1\">1</a></sup>"))
    #expect(text.contains("1. <a id=\"note-1\"></a>Because *each* block has its own scale."))
    #expect(text.contains("> **Warning**"))
  }

  @Test("a picture is attached to the cell that shows it")
  func pictures() throws {
    var report = Report(
      title: [.text("T")], blocks: try MarkdownParser.parse("![a](p/x.png)\n\n# Next"), name: "n")
    report.pictures[PathKey("p/x.png")] = PictureSample.png
    let cells = try cells(report)
    #expect(source(cells[0]).contains("![a](attachment:p-x.png)"))
    let attachments = cells[0]["attachments"] as? [String: [String: String]]
    #expect(attachments?["p-x.png"]?["image/png"] == PictureSample.base64)
    #expect(cells[1]["attachments"] == nil)
  }
}
