import Cells
import Diagnostics
import NotebookLanguage
import Testing

/// What `check` sees of tables and charts: paths, formats, and the fields that a table will have.
@Suite struct LayoutCheckTests {
  /// The text that each mistake marks, and its message.
  private func mistakes(_ rest: String) -> [String] {
    let text =
      NotebookRun.cell("load", "base", "model: starter")
      + NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4")
      + NotebookRun.cell("evaluate", "r", "of: {a: q, b: base}\nmetrics: [memory, latency]") + rest
    return NotebookRun.mistakes(in: text).map { "\($0.span?.text ?? "") | \($0.message)" }
  }

  private func table(_ row: String, columns: String = "{a: A, b: B}") -> String {
    NotebookRun.cell("plot-table", "tbl-a", "from: r\ncolumns: \(columns)\nrows:\n  - \(row)")
  }

  @Test(
    "of a path the step at fault is marked",
    arguments: [
      ("memory.aftr.reported", "aftr | 'memory' has no field 'aftr'"),
      ("\"memory.after.reportd\"", "reportd | 'memory.after' has no field 'reportd'"),
      ("memory.after.packed.x", "x | 'memory.after.packed' is a single value"),
    ])
  func step(_ path: String, _ expected: String) {
    #expect(mistakes(table("{label: M, value: \(path)}")) == [expected])
  }

  @Test("a column that is a path is marked at its step")
  func column() {
    let columns = mistakes(table("{label: M, value: reported}", columns: "[a.memory.aftr]"))
    #expect(columns == ["aftr | 'a.memory' has no field 'aftr'"])
  }

  @Test(
    "a format must fit its arguments and its values",
    arguments: [
      (
        "{label: M, value: memory.after, format: round(\"x\")}",
        "\"x\" | a number is needed here, but this is a text"
      ),
      (
        "{label: M, value: memory.after, format: round(99)}",
        "99 | the number of digits is a whole number from 0 to 15"
      ),
      (
        "{label: M, value: memory.after, format: round(params.digits)}",
        "digits | 'params' has no field 'digits'"
      ),
      (
        "{label: M, value: latency.after.noisy, format: ms}",
        "latency.after.noisy | 'ms' needs a number, but this is true or false"
      ),
      (
        "{label: M, value: memory}",
        "memory | a single value is needed here, but this is a set of results"
      ),
    ])
  func format(_ row: String, _ expected: String) { #expect(mistakes(table(row)) == [expected]) }

  @Test("a range of too few passes is warned of, and only where it is shown")
  func spread() {
    func found(_ row: String, passes: Int) -> [String] {
      let text =
        NotebookRun.cell("load", "base", "model: starter")
        + NotebookRun.cell(
          "evaluate", "r",
          "of: {b: base}\nmetrics: [latency]\nlatency: {repetitions: \(passes)}")
        + table(row, columns: "{b: B}")
      return NotebookRun.mistakes(in: text).map {
        "\($0.severity) \($0.span?.text ?? "") | \($0.message)"
      }
    }
    let row = "{label: L, value: latency.after, spread: true}"
    #expect(
      found(row, passes: 5) == [
        "warning latency.after | no range can be shown: 5 passes are timed, and it takes 6"
      ])
    #expect(found(row, passes: 6) == [])
    #expect(found("{label: L, value: latency.after}", passes: 5) == [])
  }

  @Test("a verdict is of what has an error or an interval")
  func verdicts() {
    let none = "'verdict' needs a ratio with an interval or an error, but this is"
    for judged in ["r.a.latency", "r.a.latency.after / r.b.latency.after", "r.a.latency.ratio"] {
      #expect(mistakes("{{ \(judged) | verdict }}").isEmpty, "\(judged)")
    }
    #expect(
      mistakes("{{ base.layers | verdict }}") == ["base.layers | \(none) a number without"])
    #expect(
      mistakes("{{ r.a.memory | verdict }}")
        == ["r.a.memory | \(none) a set of results without"])
    #expect(
      mistakes("{{ base.layers / base.context | verdict }}")
        == ["base.layers / base.context | \(none) a number without"])
    #expect(
      mistakes(table("{label: M, value: memory.after, format: verdict}"))
        == ["memory.after | \(none) a number without"])
  }

  @Test("a table has its rows and columns as fields")
  func fields() {
    let good = table("{label: Memory, value: memory.after, format: mib}")
    #expect(
      mistakes(good + #"{{ tbl_a.Memory.A | mib }} {{ tbl_a["Memory", "B"] | mib }}"#).isEmpty)
    #expect(mistakes(good + "{{ tbl_a.nope }}") == ["nope | 'tbl_a' has no field 'nope'"])
    #expect(
      mistakes(good + "{{ tbl_a.Memory.C | mib }}") == ["C | 'tbl_a.Memory' has no field 'C'"])
  }

  @Test("charts draw numbers, and histograms lists")
  func charts() {
    func chart(_ body: String) -> [String] {
      mistakes(NotebookRun.cell("plot", "fig-a", "from: r\n\(body)"))
    }
    #expect(chart("kind: bar\ny: latency.after").isEmpty)
    #expect(
      chart("kind: bar\ny: latency.after.samples")
        == ["latency.after.samples | a number is needed here, but this is a list"])
    #expect(chart("kind: histogram\ny: latency.after.samples").isEmpty)
    #expect(
      chart("kind: histogram\ny: latency.after")
        == ["latency.after | a list is needed here, but this is a number"])
  }

  @Test("claims are conditions, and only figures are near each other")
  func claims() {
    func expect(_ claim: String) -> [String] {
      mistakes(NotebookRun.cell("expect", nil, "- \(claim)"))
    }
    #expect(expect("r.a.memory.after < r.a.memory.before").isEmpty)
    #expect(expect("r.a.latency.after.noisy").isEmpty)
    #expect(
      expect("r.a.memory.after") == ["r.a.memory.after | a condition is needed here, such as a < b"]
    )
    #expect(
      expect("{that: base.name, near: base.layers, within: 1}")
        == ["base.name | a number is needed here"])
  }
}
