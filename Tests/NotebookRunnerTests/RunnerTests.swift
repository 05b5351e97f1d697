import Diagnostics
import Markdown
import NotebookLanguage
import Testing
import ToyCells

@testable import NotebookRunner

@Suite struct RunnerTests {
  private func run(
    _ text: String, settings: [ParameterSetting] = []
  ) async throws -> RunResults {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let checked = try notebook.checked(cellTypes: ToyCells.types, settings: settings)
    return try await Runner(checked, folder: ".") { _ in }.run()
  }

  private func report(_ results: RunResults) -> Report {
    ReportBuilder.build(results, name: "n", provenance: []).report
  }

  private static let chain = """
    ---
    title: "Twice {{ base }}"
    params: {factor: 2, start: 21}
    ---

    The answer, {{ answer.value | round(0) }}, is computed in @tbl-answer of [the end](#{{ base }}).

    ```{scale}
    #| label: result
    of: base
    factor: {{ params.factor }}
    as: [answer]
    ```

    ```{source}
    #| label: base
    number: {{ params.start }}
    ```

    ```{plot-table}
    #| label: tbl-answer
    #| tbl-cap: "It is {{ result }}."
    from: result
    ```
    """

  @Test("cells run after what they need, and prose uses results from further down")
  func order() async throws {
    let results = try await run(Self.chain)
    let report = report(results)
    #expect(report.values[0].text == "21")
    #expect(report.values[1].text == "42")
    #expect(PlainText.of(report.title) { report.values[$0].text } == "Twice 21")
    guard case .paragraph(let inlines) = report.blocks[0].kind else {
      Issue.record("no paragraph")
      return
    }
    #expect(
      inlines.contains(
        .link(destination: "#tbl-answer", title: "", content: [.text("Table 1")])))
    #expect(
      inlines.contains(.link(destination: "#21", title: "", content: [.text("the end")])))
    guard case .table(let table, let caption)? = report.outputs[2].first else {
      Issue.record("no table")
      return
    }
    #expect(table.rows[0].cells[0].value?.text == "42")
    #expect(caption.number == 1)
    #expect(PlainText.of(caption.text) { report.values[$0].text } == "It is 42.")
  }

  @Test("expressions and escapes are filled in wherever they may stand, and are never Markdown")
  func places() async throws {
    let results = try await run(
      #"""
      ---
      title: "Of *{{ text }}*"
      author: ["{{ text }}", "A \{{ B"]
      date: "{{ n }}"
      description: "On {{ n | round(1) }}."
      params: {text: "*a* <b> | @tbl-t", n: 3}
      ---

      # Head {{ text }}

      Prose {{ params.n }}, [a](x?{{ n }} "{{ n }}"), ![an {{ n }}]({{ n }}.png), \{{ and
      `{{ code }}`, \@tbl-t, a@tbl-t.org.[^1]

      | A {{ n }} |
      |---|
      | {{ text }} |

      [^1]: Note {{ n }}.

      ```{source}
      #| label: n
      number: "{{ params.n }}"
      ```

      ```{fail}
      #| label: text
      #| error: true
      message: "{{ params.text }} \{{"
      ```

      ```{plot-table}
      #| label: tbl-t
      #| tbl-cap: "Cap {{ params.text }} of @tbl-t and \@tbl-t"
      #| fig-alt: "{{ n }} \{{"
      from: n
      ```
      """#.replacing("{{ text }}", with: "{{ params.text }}"))
    let report = report(results)
    func plain(_ inlines: [Inline]) -> String { PlainText.of(inlines) { report.values[$0].text } }
    let text = "*a* <b> | @tbl-t"
    #expect(plain(report.title) == "Of \(text)")
    #expect(report.title.contains { if case .emphasis = $0 { true } else { false } })
    #expect(report.authors == [text, "A {{ B"])
    #expect(report.date == "3")
    #expect(report.summary == "On 3.0.")
    var found: [String] = []
    var links: [Inline] = []
    for block in report.blocks {
      switch block.kind {
      case .heading(_, let content, _): found.append(plain(content))
      case .paragraph(let content):
        found.append(plain(content))
        links += content.filter { if case .text = $0 { false } else { true } }
      case .table(let table): found += (table.header + table.rows.joined()).map(plain)
      case .footnoteDefinition(_, let blocks):
        if case .paragraph(let content)? = blocks.first?.kind { found.append(plain(content)) }
      default: break
      }
    }
    #expect(
      found == [
        "Head \(text)", "Prose 3, a, an 3, {{ and {{ code }}, @tbl-t, a@tbl-t.org.", "A 3", text,
        "Note 3.",
      ])
    #expect(links.contains(.link(destination: "x?3", title: "3", content: [.text("a")])))
    #expect(
      links.contains { if case .image("3.png", "", _) = $0 { true } else { false } })
    guard case .failure(let failure)? = report.outputs[1].first,
      case .table(_, let caption)? = report.outputs[2].first
    else {
      Issue.record("no outputs")
      return
    }
    #expect(failure.message == "\(text) {{")
    #expect(plain(caption.text) == "Cap \(text) of Table 1 and @tbl-t")
    #expect(caption.alternative == "3 {{")
  }

  @Test("execute: gives the defaults of options, and #| wins")
  func defaults() async throws {
    let results = try await run(
      """
      ---
      execute: {echo: true, output: false, code-fold: true, error: true}
      ---

      ```{fail}
      #| label: f
      ```

      ```{source}
      #| label: a
      number: 1
      ```

      ```{plot-table}
      #| output: true
      #| echo: false
      from: a
      ```
      """)
    let report = report(results)
    #expect(results.unintendedFailures.isEmpty)
    #expect(report.outputs.map(\.count) == [2, 1, 1])
    #expect(
      report.outputs[1] == [
        .listing(language: "yaml", text: "#| label: a\nnumber: 1", isFolded: true)
      ])
  }

  @Test("a parameter from outside changes the results and their keys")
  func parameters() async throws {
    let one = try await run(Self.chain)
    let other = try await run(Self.chain, settings: [ParameterSetting(name: "factor", text: "3")])
    #expect(report(other).values[1].text == "63")
    #expect(one.cells[0]?.contentKey != other.cells[0]?.contentKey)
    #expect(one.cells[1]?.contentKey == other.cells[1]?.contentKey)
  }

  @Test("presentation is not in a cell's key, what it depends on is")
  func keys() async throws {
    func key(_ text: String) async throws -> String? {
      try await run(text).cells[1]?.contentKey
    }
    let plain = try await key("```{source}\n#| label: a\nnumber: 1\n```\n```{scale}\nof: a\n```")
    let shown = try await key(
      "Prose.\n```{source}\n#| label: a\n#| echo: true\nnumber: 1 # one\n```\n```{scale}\n#| output: false\nof: a\n```"
    )
    let changed = try await key("```{source}\n#| label: a\nnumber: 2\n```\n```{scale}\nof: a\n```")
    let renamed = try await key("```{source}\n#| label: b\nnumber: 1\n```\n```{scale}\nof: b\n```")
    #expect(plain == shown)
    #expect(plain == renamed)
    #expect(plain != changed)
  }

  @Test("a failure ends the run, is shown in its place, and its dependents say what they wait for")
  func failure() async throws {
    let results = try await run(
      """
      ```{fail}
      #| label: nothing
      message: no such thing
      ```

      ```{plot-table}
      from: nothing
      ```

      ```{source}
      #| label: a
      number: 1
      ```

      And {{ a.value }}.
      """)
    #expect(results.unintendedFailures.map(\.message) == ["no such thing"])
    let report = report(results)
    #expect(
      report.outputs[0] == [
        .failure(
          Report.Failure(cell: "nothing", message: "no such thing", place: "n.md:3:10"))
      ])
    #expect(
      report.outputs[1] == [
        .remark("plot-table cell in line 6 was not run: it needs nothing")
      ])
    #expect(report.values[0].text == "not computed")
  }

  @Test("error: true makes a failure part of the report, and the run goes on")
  func intended() async throws {
    let results = try await run(
      "```{fail}\n#| error: true\n```\n\n```{source}\n#| label: a\nnumber: 1\n```\n\n{{ a.value }}")
    #expect(results.unintendedFailures.isEmpty)
    #expect(results.failures.count == 1)
    #expect(report(results).values[0].text == "1")
  }

  @Test(
    "echo, output and include",
    arguments: [
      ("#| echo: true", 2), ("#| output: false", 0), ("#| include: false\n#| echo: true", 0),
      ("", 1),
      ("#| echo: fenced", 2),
    ])
  func presentation(_ options: String, _ count: Int) async throws {
    let results = try await run(
      "```{source}\n#| label: a\nnumber: 1\n```\n```{plot-table}\n\(options)\nfrom: a\n```")
    #expect(report(results).outputs[1].count == count)
  }

  @Test("a cancelled run throws and computes nothing more")
  func cancellation() async throws {
    let text = Self.chain
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await run(text)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
