import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Synchronization
import Testing

@testable import Cells

/// Sweeps of quantize and evaluate cells, and tables and charts of their axes.
@Suite struct SweepTests {
  private static let setUp =
    NotebookRun.head + """
      ```{quantize}
      #| label: q
      of: base
      scheme: [nf4, fp4]
      blockSize: [64, 32]
      ```

      ```{quantize}
      #| label: plain-q
      of: base
      scheme: int8
      ```

      ```{evaluate}
      #| label: r
      of: {grid: q}
      corpus: text
      metrics: [perplexity]
      perplexity: {window: 32, stride: [32, 16]}
      ```

      ```{evaluate}
      #| label: mixed
      of: {grid: q, plain: plain-q}
      corpus: text
      metrics: [perplexity]
      perplexity: {window: 32, stride: 32}
      ```

      ```{quantize}
      #| label: other-q
      of: base
      scheme: nf4
      blockSize: [64, 128]
      ```

      ```{evaluate}
      #| label: both
      of: {grid: one-q, other: other-q}
      corpus: text
      metrics: [perplexity]
      perplexity: {window: 32, stride: 32}
      ```

      ```{quantize}
      #| label: one-q
      of: base
      scheme: nf4
      blockSize: [32, 64]
      ```


      """

  private func run(_ cell: String) async throws -> RunResults {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await NotebookRun.run(Self.setUp + cell, in: folder).get()
  }

  private func display(_ cell: String) async throws -> Display {
    let results = try await run(cell)
    let last = try #require(results.cells.last ?? nil)
    let value = try #require(last.value)
    let record = try #require(last.record)
    return try #require(value.display(of: record))
  }

  private func table(_ body: String) async throws -> Table {
    guard case .table(let table) = try await display("```{plot-table}\n\(body)\n```\n") else {
      throw DiagnosticList([])
    }
    return table
  }

  private func chart(_ body: String) async throws -> Chart {
    guard case .chart(let chart) = try await display("```{plot}\n\(body)\n```\n") else {
      throw DiagnosticList([])
    }
    return chart
  }

  private func mistakes(_ cell: String) -> [String] {
    NotebookRun.mistakes(in: Self.setUp + cell)
      .map { "\($0.message) @\($0.span?.text ?? "") | \($0.help ?? "")" }
  }

  // MARK: - Results

  @Test("results stand below the axes of the evaluate cell, its subjects and their own")
  func results() async throws {
    let scope = try await run("").scope
    for path in [
      "r[32].grid[nf4, 64].perplexity.after", "r[16].grid.fp4[32].perplexity.before",
      "q[fp4, 64].bitsPerWeight", "mixed.plain.perplexity.after", "q[nf4, 32].relativeError",
    ] {
      let file = SourceFile(name: "e", text: path)
      let span = SourceSpan(file: file, range: 0..<path.utf8.count)
      let value = try ExpressionParser.parse(span).value(in: scope)
      let number = try #require(value.asNumber)
      #expect(number.value.isFinite && number.value > 0, "\(path)")
    }
    let result = try #require(scope.values["r"])
    #expect(SweptResults(result).axes == ["stride", "of", "scheme", "blockSize"])
    #expect(SweptResults(result).values(of: "blockSize") == ["64", "32"])
  }

  @Test("another block size measures its own models alone")
  func parts() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func measured(_ text: String) async throws -> Set<String> {
      let activities = Mutex<Set<String>>([])
      _ = try await NotebookRun.run(text, in: folder, NotebookRun.keeping(in: folder)) { event in
        if case .progress(_, let progress) = event, progress.activity.hasPrefix("perplexity") {
          activities.withLock { _ = $0.insert(progress.activity) }
        }
      }.get()
      return activities.withLock { $0 }
    }
    #expect(try await measured(Self.setUp).count > 4)
    #expect(try await measured(Self.setUp) == [])
    let more = Self.setUp.replacing("[64, 32]", with: "[64, 128, 32]")
    #expect(
      try await measured(more) == ["perplexity of grid.nf4[128]", "perplexity of grid.fp4[128]"])
  }

  @Test("what was quantized is one table with a row for each value")
  func coverage() async throws {
    let report = ReportBuilder.build(try await run(""), name: "n", provenance: []).report
    let tables = report.outputs.joined().compactMap { output -> Table? in
      if case .table(let table, _) = output { table } else { nil }
    }
    let table = try #require(tables.first { $0.stub == "Scheme, Block size" })
    #expect(table.rows.map(\.label) == ["nf4, 64", "nf4, 32", "fp4, 64", "fp4, 32"])
    #expect(table.rows.map { $0.cells[0].value?.text } == ["nf4", "nf4", "fp4", "fp4"])
    // 2 layers of 4 matrices.
    #expect(table.rows.allSatisfy { $0.cells[1].value?.text.hasPrefix("8 of ") == true })
    #expect(table.rows[1].cells[2].value?.text == "5")
    #expect(table.rows.allSatisfy { ($0.cells[4].value?.number ?? 0) > 0 })
    #expect(
      table.summary == "4 models quantized, over scheme (nf4, fp4) and block size (64, 32)")
  }

  // MARK: - Tables

  @Test("an axis as rows and one as columns")
  func twoAxes() async throws {
    let table = try await table(
      """
      from: q
      columns: scheme
      rows: blockSize
      value: bitsPerWeight
      format: round(3)
      labels: {nf4: NF4, blockSize: "{} weights"}
      best: lowest
      """)
    #expect(table.groups.map(\.label) == [""])
    #expect(table.columns.map(\.label) == ["NF4", "fp4"])
    #expect(table.rows.map(\.label) == ["64 weights", "32 weights"])
    #expect(table.stub == "Block size")
    #expect(table.rows.allSatisfy { $0.cells.allSatisfy { $0.value?.number != nil } })
    #expect(table.rows[0].cells[0].isBest && table.rows[0].cells[1].isBest)
  }

  @Test("two axes as grouped columns, the first over the second; metrics as rows")
  func groupedColumns() async throws {
    let table = try await table(
      """
      from: r
      columns: [scheme, blockSize]
      rows:
        - {label: After, value: perplexity.after, format: round(2)}
        - {label: Bits, value: bitsPerWeight}
      where: {stride: 16}
      """)
    #expect(table.groups.map(\.label) == ["nf4", "fp4"])
    #expect(table.columns.map(\.label) == ["64", "32", "64", "32"])
    #expect(table.rows.map(\.label) == ["After", "Bits"])
    #expect(table.rows[0].cells.count == 4)
  }

  @Test("results by name as columns; a combination that there is not shows a dash")
  func namedColumns() async throws {
    let table = try await table(
      """
      from: both
      columns: {grid: First, other: Second}
      rows: blockSize
      value: perplexity.after
      """)
    #expect(table.columns.map(\.label) == ["First", "Second"])
    #expect(table.rows.map(\.label) == ["32", "64", "128"])
    #expect(
      table.rows.map { $0.cells.map { $0.value != nil } } == [
        [true, false], [true, true], [false, true],
      ])
    let byAxis = try await self.table(
      "from: both\ncolumns: of\nrows: blockSize\nvalue: perplexity.after")
    #expect(byAxis.rows.map(\.cells) == table.rows.map(\.cells))
  }

  @Test("an address in a path is a column too")
  func addressedColumns() async throws {
    let table = try await table(
      """
      from: mixed
      columns: {"grid[nf4, 64]": NF4, grid.fp4.32: FP4, plain: INT8}
      rows: [{label: After, value: perplexity.after}]
      """)
    #expect(table.columns.map(\.label) == ["NF4", "FP4", "INT8"])
    #expect(table.rows[0].cells.allSatisfy { $0.value != nil })
  }

  // MARK: - Charts

  @Test("an axis along the horizontal, another as series")
  func lines() async throws {
    let chart = try await chart(
      """
      kind: line
      from: q
      x: blockSize
      y: relativeError
      series: scheme
      labels: {nf4: NF4, fp4: FP4}
      """)
    #expect(chart.series.map(\.label) == ["NF4", "FP4"])
    #expect(chart.series.map { $0.points.map(\.x) } == [[32, 64], [32, 64]])
    #expect(chart.x.label == "Block size")
  }

  @Test("a path along the horizontal, one point for each value of the axis that is left")
  func tradeoff() async throws {
    let chart = try await chart(
      """
      kind: scatter
      from: r
      x: bitsPerWeight
      y: perplexity.after
      series: scheme
      where: {stride: 32}
      """)
    #expect(chart.series.map(\.label) == ["nf4", "fp4"])
    #expect(chart.series[0].points.map(\.label) == ["64", "32"])
    #expect(chart.series[0].points[0].x < chart.series[0].points[1].x)
  }

  @Test("texts are categories of bars, and what is missing is a gap")
  func bars() async throws {
    let chart = try await chart(
      "kind: bar\nfrom: q\nx: scheme\ny: bytes\nseries: blockSize\nlabels: {fp4: FP4}")
    #expect(chart.series.map(\.label) == ["64", "32"])
    #expect(chart.series[0].points.map(\.label) == ["nf4", "FP4"])
    let gaps = try await self.chart(
      "kind: bar\nfrom: both\ny: perplexity.after\nseries: of\nx: blockSize")
    #expect(
      gaps.series.map { $0.points.map(\.y.isNaN) } == [
        [false, false, true], [true, false, false],
      ])
  }

  @Test("two axes as a heatmap, its columns sorted by the first row")
  func heatmap() async throws {
    let chart = try await chart(
      """
      kind: heatmap
      from: q
      x: blockSize
      series: scheme
      y: relativeError
      labels: {nf4: NF4, fp4: FP4}
      sort: ascending
      """)
    #expect(chart.series.map(\.label) == ["NF4", "FP4"])
    #expect(chart.categories == ["32", "64"])
    #expect(
      (chart.x.label, chart.seriesTitle, chart.y.label) == (
        "Block size", "Scheme", "Relative error"
      ))
    #expect(chart.series.allSatisfy { $0.points.map(\.x) == [0, 1] })
    #expect(chart.series[0].points[0].y < chart.series[0].points[1].y)
  }

  @Test("an axis as the sides of a slope chart, another as its lines")
  func slopes() async throws {
    let chart = try await chart("kind: slope\nfrom: q\nseries: scheme\ny: bytes")
    #expect(chart.series.map(\.label) == ["nf4", "fp4"])
    #expect(chart.categories == ["64", "32"])
    #expect(chart.x.label.isEmpty)
  }

  @Test("small multiples by an axis have the same categories, and a colour for each series")
  func facets() async throws {
    let byAxis = try await chart(
      "kind: bar\nfrom: q\nx: blockSize\ny: bytes\nfacet: scheme\nlabels: {nf4: NF4}")
    #expect(byAxis.facets == ["NF4", "fp4"])
    #expect(byAxis.series.map(\.colour) == [0, 0])
    let byNumber = try await chart("kind: bar\nfrom: q\ny: bytes\nfacet: blockSize")
    #expect(byNumber.facets == ["Block size 64", "Block size 32"])
    // One result has no blocks of 128, the other none of 32.
    let gaps = try await chart(
      "kind: bar\nfrom: both\nx: blockSize\ny: perplexity.after\nfacet: of")
    #expect(gaps.facets == ["grid", "other"])
    #expect(
      gaps.series.map { $0.points.map(\.label) } == [["32", "64", "128"], ["32", "64", "128"]])
    #expect(
      gaps.series.map { $0.points.map(\.y.isNaN) } == [
        [false, false, true], [true, false, false],
      ])
  }

  @Test("small multiples of paths share the title of what they have in common")
  func facetsOfPaths() async throws {
    let chart = try await chart(
      """
      kind: line
      from: r
      x: blockSize
      series: scheme
      facet: [perplexity.before, perplexity.after]
      where: {stride: 16}
      errorBars: band
      """)
    #expect(chart.facets == ["Perplexity before", "Perplexity after"])
    #expect(chart.y.label == "Perplexity")
    #expect(chart.errors == .band)
    #expect(chart.series.map(\.colour) == [0, 1, 0, 1])
  }

  @Test("annotations stand at numbers, and at results in the unit of the axis")
  func annotations() async throws {
    let chart = try await chart(
      """
      kind: scatter
      from: q
      x: bitsPerWeight
      y: bytes
      annotate:
        - {x: 4.5, text: four and a half}
        - {y: "q[nf4, 64].bytes", text: "{{ base.layers }} layers"}
      """)
    #expect(chart.annotations.map(\.text) == ["four and a half", "2 layers"])
    #expect(chart.annotations[0] == Chart.Annotation(x: 4.5, text: "four and a half"))
    let bytes = chart.series[0].points.first { $0.label.contains("nf4") && $0.label.contains("64") }
    #expect(chart.annotations[1].y == bytes?.y)
  }

  // MARK: - Mistakes

  @Test(
    "what cannot be laid out is refused before anything runs",
    arguments: [
      (
        "```{plot-table}\nfrom: q\ncolumns: schema\nrows: blockSize\nvalue: bytes\n```\n",
        "unknown column 'schema' @schema | did you mean 'scheme'? known: nf4, fp4, scheme, blockSize"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: blocksize\nvalue: bytes\n```\n",
        "unknown axis 'blocksize' @blocksize | did you mean 'blockSize'? known: scheme, blockSize"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: [{label: B, value: bytes}]\n```\n",
        "the results also range over 'blockSize' (64, 32) @q | lay that axis out as well, or choose one with where: {blockSize: 64}"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: scheme\nvalue: bytes\n```\n",
        "'scheme' is laid out twice @scheme | "
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: blockSize\n```\n",
        "rows that are an axis need the key 'value' @blockSize | value: the path of what is shown, such as perplexity.after"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: blockSize\nvalue: byte\n```\n",
        "the result has no field 'byte' @byte | did you mean 'bytes'? known: coverage, bitsPerWeight, bytes, packed, relativeError, tensors"
      ),
      (
        "```{plot-table}\nfrom: mixed\ncolumns: scheme\nrows: blockSize\nvalue: bitsPerWeight\n```\n",
        "'plain' does not range over 'scheme', as others of the results do @scheme | choose those that do, as with where: {of: grid}"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: blockSize\nvalue: bytes\nwhere: {stride: 3}\n```\n",
        "unknown axis 'stride' @stride | known: scheme, blockSize"
      ),
      (
        "```{plot-table}\nfrom: q\ncolumns: scheme\nrows: blockSize\nvalue: bytes\nlabels: {nf5: N, scheme: S}\n```\n",
        "unknown value 'nf5' @nf5 | did you mean 'nf4'? known: nf4, fp4, 64, 32, scheme, blockSize"
      ),
      (
        "```{plot}\nkind: line\nfrom: q\nx: scheme\ny: bytes\nseries: blockSize\n```\n",
        "'scheme' has values that are no numbers, such as 'nf4' @scheme | draw them with kind: bar, or as series: scheme"
      ),
      (
        "```{plot}\nkind: line\nfrom: q\nx: blockSize\ny: bytes\n```\n",
        "the results also range over 'scheme' (nf4, fp4) @q | lay that axis out as well, or choose one with where: {scheme: nf4}"
      ),
      (
        "```{plot}\nkind: line\nfrom: q\nx: blockSize\nseries: scheme\n```\n",
        "a chart with a series for each value of an axis needs the key 'y' @scheme | paths to a number: coverage.quantized, coverage.total, coverage.bitsPerWeight, bitsPerWeight, bytes, packed, …"
      ),
      (
        "```{quantize}\nof: base\nscheme: [nf4, int8]\nblockSize: [64, 48]\n```\n",
        "'blockSize' needs 'granularity: group' @64 | "
      ),
      (
        "```{quantize}\n#| label: models\nof: [base]\nscheme: nf4\n```\n\n```{evaluate}\nof: models\nmetrics: [memory]\n```\n",
        "'models' ranges over 'of', and so do the results of this cell @models | give each model a quantize cell of its own"
      ),
    ])
  func mistake(cell: String, expected: String) {
    let found = mistakes(cell)
    #expect(found.contains(expected), "\(found)")
  }
}
