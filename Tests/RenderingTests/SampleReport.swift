import Markdown
import NotebookLanguage

/// A report with one of everything that a renderer meets: the published table's shape, ∞ with its
/// cause, errors, published figures, charts, notes, a failure.
enum SampleReport {
  static func make() throws -> Report {
    let text = """
      **Abstract.** NF4 keeps perplexity at \(Placeholders.token(0)), where raw codes give \
      \(Placeholders.token(1)). See [Table 1](#tbl-results).[^why]

      # Methods {#sec-methods}

      Every weight *w* becomes a code of `8` bits[^why]; ~~not four~~. Then:

      - one scale
      - [x] no bias

      > A quotation.

      > [!WARNING]
      > Codes without their scale are *not* weights: $\\hat{w}_i = s\\,q_i$.

      $$
      s = \\frac{\\max_i |w_i|}{127}
      $$

      ## Manual & \\<scaled>

      | name | bits |
      |:-----|-----:|
      | NF4  | 4.5  |

      ```swift
      let x = a < b && c > d
      ```

      # Results

      \(Placeholders.token(2)) runs.

      # Discussion

      Text.

      # Discussion

      More.

      [^why]: Because *each* block has its own scale.
      """
    var blocks = try MarkdownParser.parse(text)
    for index in outputs.indices {
      blocks.insert(Block(.placeholder(index), lines: 1...1), at: blocks.count - 5 + index)
    }
    return Report(
      title: [.text("Quantization of "), .placeholder(3)], authors: ["A. Author", "B. <Author>"],
      date: "2026-11-24", blocks: blocks,
      values: [
        value(58.0, "58.0", error: "± 1.6"), infinite,
        DisplayedValue(text: "20", origin: .given, number: 20),
        DisplayedValue(text: "starter", origin: .given),
      ], outputs: outputs, name: "sample",
      provenance: [("Model", "starter, sha256 0f3a…"), ("Threads", "2 & more")])
  }

  static let infinite = DisplayedValue(
    text: "∞", cause: "the mean of 46,781 nats is above 709.78", number: .infinity)

  static func value(_ number: Double, _ text: String, error: String = "") -> DisplayedValue {
    DisplayedValue(text: text, error: error, note: "12,299 tokens", number: number)
  }

  static let table = Table(
    groups: [
      .init(
        label: "Manual Quantization", columns: [.init(label: "Whole"), .init(label: "Selective")]),
      .init(
        label: "BitsAndBytes Quantization",
        columns: [.init(label: "8-bit"), .init(label: "4-bit"), .init(label: "NF4")]),
    ],
    rows: [
      row(
        "Latency After", "ms",
        [
          (29.27, "29.27"), (130.76, "130.76"), (21.72, "21.72"),
          (24.3, "24.3"), (121, "121"),
        ], published: ["29.09", "30.41", "31.03", "31.89", "16.91"], best: 2),
      row(
        "Memory After", "MiB",
        [
          (17.01, "17.01"), (27.16, "27.16"), (20.33, "20.33"),
          (13.58, "13.58"), (13.58, "13.58"),
        ],
        published: ["118.97", "158.97", "156.35", "115.85", "115.85"], best: 3),
      Table.Row(
        label: "Perplexity After",
        cells: [
          .init(value: infinite, published: published("∞")),
          .init(
            value: value(19292.18, "19,292.18", error: "± 748.27"),
            published: published("46,417,899.07")),
          .init(
            value: value(57.16, "57.16", error: "± 1.60"), published: published("30.19"),
            isBest: true),
          .init(value: nil, published: published("33.42")),
          .init(value: value(58, "58.00", error: "± 1.62"), published: published("32.05")),
        ]),
    ], comparison: .toggle, publishedSource: "\"A paper\", Table 1", notes: ["Batch of 1."])

  private static func published(_ text: String) -> DisplayedValue {
    DisplayedValue(text: text, origin: .published)
  }

  private static func row(
    _ label: String, _ unit: String, _ values: [(Double, String)], published texts: [String],
    best: Int
  ) -> Table.Row {
    Table.Row(
      label: label, unit: unit,
      cells: values.indices.map { index in
        Table.Cell(
          value: value(values[index].0, values[index].1), published: published(texts[index]),
          isBest: index == best)
      })
  }

  static let chart: Chart = {
    let points = [
      ("NF4", 13.58, 58.0), ("FP4", 13.58, 58.97), ("8-bit", 20.33, 57.16),
      ("Selective, raw", 27.16, 19292.18), ("Whole, raw", 17.01, Double.infinity),
    ]
    return Chart(
      kind: .scatter, x: .init(label: "Memory (MiB)"),
      y: .init(label: "Perplexity", isLogarithmic: true),
      series: [
        .init(
          label: "ours",
          points: points.map { label, x, y in
            Chart.Point(
              label: label, x: x, y: y, error: y.isFinite ? y / 30 : nil,
              xValue: value(x, "\(x)"), yValue: y.isFinite ? value(y, "\(y)") : infinite)
          })
      ])
  }()

  static let bars: Chart = {
    var chart = Self.chart
    chart.kind = .bar
    chart.y.isLogarithmic = false
    for index in chart.series[0].points.indices where chart.series[0].points[index].y > 1000 {
      chart.series[0].points[index].y = 64
      chart.series[0].points[index].error = 3
    }
    chart.series.append(chart.series[0])
    chart.series[1].label = "again"
    return chart
  }()

  static let outputs: [[Report.Output]] = [
    [
      .table(table, .init(identifier: "tbl-results", number: 1, text: [.text("Before and after.")]))
    ],
    [
      .chart(
        chart,
        .init(identifier: "fig-tradeoff", number: 1, text: [.text("Memory against perplexity.")]))
    ],
    [.chart(bars, .init(text: [.text("Unlabelled.")])), .chart(bars, .init())],
    [
      .failure(.init(cell: "evaluate 'results'", message: "a < b failed", place: "n.md:3:1")),
      .remark("A claim did not hold."), .listing(language: "yaml", text: "of: base"),
    ],
  ]
}
