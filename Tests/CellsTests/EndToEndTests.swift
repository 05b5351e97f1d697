import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@Suite struct EndToEndTests {
  private static let notebook =
    NotebookRun.head + """
      ```{quantize}
      #| label: raw-q
      of: base
      scheme: int8
      codes: raw
      granularity: tensor
      ```

      ```{quantize}
      #| label: scaled-q
      of: base
      scheme: int8
      ```

      ```{quantize}
      #| label: int8-q
      of: base
      scheme: llmInt8
      ```

      ```{quantize}
      #| label: nf4-q
      of: base
      scheme: nf4
      doubleQuantization: true
      rest: float32
      ```

      ```{evaluate}
      #| label: results
      of: {raw: raw-q, scaled: scaled-q, int8: int8-q, nf4: nf4-q, same: base}
      corpus: text
      perplexity: {window: 64, stride: 32}
      latency: {prompt: 8, generate: 2, warmup: 1, repetitions: 6}
      as: [nf4]
      ```

      ```{evaluate}
      #| label: grown
      of: {nf4: nf4-q, int8: int8-q}
      metrics: [growth]
      growth: {prompts: [2, 16, 128], contexts: [0, 8], repetitions: 1}
      ```

      ```{published}
      #| label: paper
      source: A paper
      columns: [raw, nf4]
      rows:
        memory.after: {unit: MiB, values: [1, 2]}
        perplexity.after: [.inf, 3]
      ```

      ```{plot-table}
      #| label: tbl-a
      from: results
      columns:
        - {group: A, columns: {raw: Raw}}
        - {group: B, columns: {nf4: NF4, same: Same}}
      rows:
        - {label: Memory, value: memory.after.reported, format: mib(2), best: lowest}
        - {label: Perplexity, value: perplexity.after, format: pm, best: lowest}
        - {label: Time, value: latency.after, format: ms(2), spread: true}
      compare: {with: paper, show: toggle, difference: true}
      ```

      ```{plot}
      #| label: fig-a
      kind: bar
      from: results
      series: {Before: perplexity.before, After: perplexity.after}
      log: [y]
      ```

      ```{plot}
      #| label: fig-b
      kind: histogram
      from: results
      columns: [nf4]
      y: latency.after.samples
      ```

      ```{plot}
      #| label: fig-c
      kind: line
      from: grown
      x: growth.prefill.tokens
      series: {FP32: growth.prefill.before, quantized: growth.prefill.after}
      labels: {nf4: NF4, int8: 8 bits}
      log: [x, y]
      ```

      ```{plot}
      #| label: fig-d
      kind: line
      from: results
      columns: [nf4, raw, int8]
      x: memory.after.packed
      y: bitsPerWeight
      ```
      """

  private func results() async throws -> RunResults {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    switch await NotebookRun.run(Self.notebook, in: folder) {
    case .success(let results): return results
    case .failure(let mistakes): throw mistakes
    }
  }

  @Test("the five cells work together on a small model")
  func whole() async throws {
    let results = try await results()
    let scope = results.scope
    func value(_ path: String) throws -> Double {
      let name = String(path.prefix { $0 != "." })
      let rest = String(path.dropFirst(name.count + 1))
      return try #require(scope.values[name]?[path: rest]?.asNumber?.value, "\(path)")
    }
    #expect(try abs(value("results.same.perplexity.ratio") - 1) < 1e-4)
    #expect(try abs(value("results.scaled.perplexity.ratio") - 1) < 0.05)
    #expect(try value("results.raw.perplexity.after") > value("results.nf4.perplexity.after"))
    // 2 layers of 4 matrices.
    #expect(try value("nf4.coverage.quantized") == 8)
    #expect(try value("results.same.coverage.quantized") == 0)
    #expect(
      try value("nf4.memory.after.reported") < value("results.int8.memory.after.reported") * 2)
    #expect(try value("nf4.memory.after.packed") >= value("nf4.memory.after.reported"))
    #expect(try value("nf4.memory.after.peak") >= value("nf4.memory.after.packed"))
    guard case .list(let samples)? = scope.values["nf4"]?[path: "latency.decode.after.samples"]
    else {
      Issue.record("no samples")
      return
    }
    #expect(samples.count == 6)
    #expect(try value("text.tokens") > 100)
  }

  @Test("tables show groups, published figures and the best")
  func table() async throws {
    let results = try await results()
    let built = ReportBuilder.build(results, name: "n", provenance: [])
    #expect(built.diagnostics.isEmpty)
    let tables = built.report.outputs.joined().compactMap { output -> Table? in
      if case .table(let table, _) = output { table } else { nil }
    }
    let coverage = try #require(tables.first)
    #expect(coverage.summary?.contains("tensors quantized") == true)
    #expect(coverage.rows.contains { $0.cells[4].value?.number?.isFinite == true })
    let table = try #require(tables.first { $0.summary == nil })
    #expect(table.groups.map(\.label) == ["A", "B"])
    #expect(table.rows[0].unit == "MiB")
    #expect(table.rows[0].cells[0].published?.text == "1.00")
    #expect(table.rows[0].cells[1].published?.text == "2.00")
    #expect(table.rows[0].cells[2].published == nil)
    #expect(table.rows[1].cells[0].published?.text == "∞")
    #expect(table.rows[1].cells[0].published?.error == "")
    #expect(table.rows[1].cells[1].published?.error.hasSuffix(" s.e.") == true)
    #expect(table.rows[1].cells.map(\.isBest).contains(true))
    #expect(table.rows[2].cells[0].value?.error.contains("–") == true)
  }

  @Test("charts hold what was measured")
  func charts() async throws {
    let results = try await results()
    let built = ReportBuilder.build(results, name: "n", provenance: [])
    let charts = built.report.outputs.joined().compactMap { output -> Chart? in
      if case .chart(let chart, _) = output { chart } else { nil }
    }
    #expect(charts.count == 4)
    #expect(charts[0].series.map(\.label) == ["Before", "After"])
    #expect(charts[0].y.label == "Perplexity")
    #expect(charts[0].series[0].points.count == 5)
    #expect(charts[1].series[0].points.reduce(0) { $0 + $1.y } == 6)
    #expect(
      charts[2].series.map(\.label)
        == ["NF4, FP32", "8 bits, FP32", "NF4, quantized", "8 bits, quantized"])
    #expect(charts[2].series.map(\.colour) == [0, 1, 0, 1])
    #expect(charts[2].series.map(\.dash) == [0, 0, 1, 1])
    for line in charts[2].series { #expect(line.points.map(\.x) == [2, 16, 128]) }
    #expect(charts[2].x.isLogarithmic && charts[2].y.isLogarithmic)
    #expect(charts[2].y.label == "Growth prefill (ms)")
    // Single values make one line through all results.
    #expect(charts[3].series.count == 1 && charts[3].series[0].points.count == 3)
  }
}
