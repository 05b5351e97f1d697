import NotebookLanguage
import Testing

@testable import Rendering

@Suite struct CSVRendererTests {
  private func file(_ output: Report.Output) throws -> ReportFile {
    let report = Report(title: [], blocks: [], outputs: [[output]], name: "n")
    let files = CSVRenderer().render(report)
    try #require(files.count == 1)
    return files[0]
  }

  private func text(_ output: Report.Output) throws -> String {
    String(decoding: try file(output).contents, as: UTF8.self)
  }

  private func value(_ number: Double, error: Double? = nil, unit: Unit = .none) -> DisplayedValue {
    var value = DisplayedValue(text: "rounded", number: number)
    value.standardError = error
    value.unit = unit
    return value
  }

  @Test("numbers have all their digits, with errors and published figures in columns of their own")
  func table() throws {
    let table = Table(
      groups: [
        .init(label: "By hand", columns: [.init(label: "Whole")]),
        .init(label: "", columns: [.init(label: "NF4")]),
      ],
      rows: [
        .init(
          label: "Perplexity",
          cells: [
            .init(
              value: value(.infinity), published: DisplayedValue(text: "∞", number: .infinity)),
            .init(value: value(33.1234567890123, error: 0.1)),
          ]),
        .init(
          label: "Memory",
          cells: [.init(value: value(70_941_696, unit: .bytes)), .init(value: nil)]),
      ])
    #expect(
      try text(.table(table, .init(identifier: "tbl-a"))) == """
        ,unit,By hand: Whole,"By hand: Whole, published",NF4,"NF4, error"\r
        Perplexity,,inf,inf,33.1234567890123,0.1\r
        Memory,bytes,70941696,,,\r\n
        """)
    #expect(try file(.table(table, .init(identifier: "tbl-a"))).path == "n_files/tbl-a.csv")
    #expect(try file(.table(table, .init())).path == "n_files/table-1.csv")
  }

  @Test("quotes, commas and line ends stay in their fields, and no text becomes a formula")
  func quoting() throws {
    let table = Table(
      stub: "a,b", groups: [.init(label: "", columns: [.init(label: "say \"x\"\nhere")])],
      rows: [.init(label: "=1+2", cells: [.init(value: DisplayedValue(text: "@sum"))])])
    #expect(
      try text(.table(table, .init())) == "\"a,b\",\"say \"\"x\"\"\nhere\"\r\n'=1+2,'@sum\r\n")
  }

  @Test("a chart's data are as drawn: numbers across, but names for bars")
  func charts() throws {
    let scatter = try text(.chart(SampleReport.chart, .init(identifier: "fig-a")))
    #expect(scatter.hasPrefix("series,label,Memory (MiB),Perplexity,error\r\nours,NF4,13.58,58,"))
    #expect(scatter.contains("ours,\"Whole, raw\",17.01,inf,\r\n"))
    let bars = try text(.chart(SampleReport.bars, .init()))
    #expect(bars.hasPrefix("series,label,Perplexity,error\r\nours,NF4,58,"))
  }
}
