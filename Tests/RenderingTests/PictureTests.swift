import Foundation
import Markdown
import NotebookLanguage
import Paths
import Testing

@testable import Rendering

@Suite struct PictureTests {
  private func report(_ markdown: String, _ sources: String...) throws -> Report {
    var report = Report(
      title: [.text("T")], blocks: try MarkdownParser.parse(markdown), name: "n")
    for source in sources { report.pictures[PathKey(source)] = PictureSample.png }
    return report
  }

  @Test("in HTML a picture is in the page, and alone in a paragraph a figure with its caption")
  func html() throws {
    let alone = try HTMLRenderer().render(
      report("![A & b](x.png \"The *caption* with $x^2$ & 1 < 2\")", "x.png"))
    let source = "data:image/png;base64,\(PictureSample.base64)"
    #expect(
      alone.contains(
        "<figure class=\"picture\"><img src=\"\(source)\" alt=\"A &amp; b\">\n"
          + "<figcaption>The <em>caption</em> with <math>"))
    #expect(alone.contains("</math> &amp; 1 &lt; 2</figcaption></figure>"))
    let inText = try HTMLRenderer().render(report("See ![a](x.png) here.", "x.png"))
    #expect(inText.contains("<p>See <img src=\"\(source)\" alt=\"a\"> here.</p>"))
  }

  @Test("beside Markdown each picture is one file, which no other picture and no chart is called")
  func markdown() throws {
    var report = try report(
      "![a](a/x.png) ![b](a-x.png) ![c](a/x.png) ![d](fig-a.svg)", "a/x.png", "a-x.png", "fig-a.svg"
    )
    report.outputs = [[.chart(SampleReport.chart, .init(identifier: "fig-a"))]]
    let rendered = MarkdownRenderer().render(report)
    #expect(
      rendered.files.map(\.path) == [
        "n_files/a-x.png", "n_files/a-x-2.png", "n_files/fig-a-2.svg",
      ])
    #expect(rendered.files[0].contents == PictureSample.bytes)
    #expect(rendered.text.contains("![a](n_files/a-x.png) ![b](n_files/a-x-2.png)"))
    #expect(rendered.text.contains("![c](n_files/a-x.png) ![d](n_files/fig-a-2.svg)"))
    #expect(MarkdownRenderer(writesFiles: false).render(report).text.contains("![a](a/x.png)"))
  }
}
