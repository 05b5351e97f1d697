import Diagnostics
import InputLimits
import Testing
import ToyCells

@testable import NotebookLanguage

/// Each limit of the language, set low, and a notebook that meets it by one.
@Suite struct LimitTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var limit: Limit
    var value: Int
    /// Within the limit, and beyond it by one.
    var within: String
    var beyond: String
    var code = DiagnosticCode.tooComplex
    var testDescription: String { limit.name }

    init(
      _ limit: Limit, _ value: Int, _ within: String, _ beyond: String,
      _ code: DiagnosticCode = .tooComplex
    ) {
      (self.limit, self.value, self.within, self.beyond) = (limit, value, within, beyond)
      self.code = code
    }
  }

  private static func cell(_ body: String) -> String { "```{source}\n\(body)\n```\n" }

  private static func parameter(_ list: String) -> String {
    "---\nparams:\n  a: [\(list)]\n---\n"
  }

  static let cases: [Case] = [
    Case(.notebookBytes, 10, "0123456789", "0123456789a"),
    Case(.yamlBytes, 12, cell("number: 1"), cell("number: 12345")),
    Case(.yamlDepth, 2, "---\nparams: {a: 1}\n---\n", "---\nparams: {a: [1]}\n---\n"),
    Case(.yamlEntries, 3, cell("number: 1"), cell("number: 1\nmode: fast")),
    Case(.yamlKeys, 1, cell("number: 1"), cell("number: 1\nmode: fast")),
    Case(.markdownDepth, 4, "> > a", "> > > a"),
    Case(.markdownMarks, 4, "a\n\n\n\n", "a\n\n\n\n\n"),
    Case(.markdownWork, 4200, "a@a", String(repeating: "a@", count: 50)),
    Case(.tableColumns, 3, "|a|\n|-|\n", "|a|b|c|\n|-|-|-|\n"),
    Case(.tableCells, 4, "|a|\n|-|\n|b|\n", "|a|\n|-|\n|b|\n|c|\n"),
    Case(.expressionBytes, 6, "{{ 1+1 }}", "{{ 1 + 1 }}"),
    Case(.expressionWords, 4, "{{ 1 + 1 }}", "{{ 1 + 1 + 1 }}"),
    Case(.expressionDepth, 3, "{{ ((1)) }}", "{{ (((1))) }}"),
    Case(.expressions, 2, "{{ 1 }} {{ 2 }}", "{{ 1 }} {{ 2 }} {{ 3 }}"),
    Case(.listEntries, 2, parameter("1, 2"), parameter("1, 2, 3"), .invalidParameter),
    Case(
      .sweepCombinations, 2, "```{grid}\nsize: [1, 2]\n```\n", "```{grid}\nsize: [1, 2, 3]\n```\n",
      .outOfRange),
  ]

  @Test("one more is a mistake, and the message says how to go on", arguments: cases)
  func enforced(_ example: Case) {
    Limits.with([example.limit: example.value]) {
      let within = ToyCells.mistakes(in: example.within)
      #expect(!within.contains { $0.help?.contains("--limit") == true }, "\(within)")
      let beyond = ToyCells.mistakes(in: example.beyond)
      let found = beyond.first { $0.code == example.code }
      #expect(
        found?.help?.contains("--limit \(example.limit.name)=") == true
          || example.limit == .expressionBytes, "\(beyond)")
      #expect(found != nil || example.limit == .expressionBytes)
    }
    #expect(
      !ToyCells.mistakes(in: example.beyond).contains { $0.help?.contains("--limit") == true })
  }

  @Test("notebooks in each other, and how many")
  func includes() {
    func mistakes(depth: Int, count: Int) -> [String] {
      let text = String(repeating: "```{include}\nfile: 1.md\n```\n", count: count)
      return NotebookParser.parse(SourceFile(name: "n.md", text: text)) { (path, _) in
        let number = Int(path.dropLast(3)) ?? 0
        let next = "```{include}\nfile: \(number + 1).md\n```\n"
        return SourceFile(name: path, text: number < depth ? next : "end\n")
      }.mistakes.compactMap(\.help)
    }
    Limits.with([.includeDepth: 3, .includes: 4]) {
      #expect(mistakes(depth: 3, count: 1).isEmpty)
      #expect(mistakes(depth: 4, count: 1) == ["--limit include-depth=6 allows more"])
      #expect(mistakes(depth: 1, count: 4).isEmpty)
      #expect(mistakes(depth: 1, count: 5) == ["--limit includes=8 allows more"])
    }
  }

  @Test("what is looked up is bounded without a message")
  func lookups() {
    let text = "[^a] [^b] [x](#a) [x](#b) ![](a.png) ![](b.png) @tbl-a @tbl-b\n"
    func found(_ code: DiagnosticCode) -> Int {
      ToyCells.mistakes(in: text).count { $0.code == code }
    }
    #expect(found(.unresolvedReference) == 4)
    Limits.with([.footnotes: 1]) { #expect(found(.unresolvedReference) == 3) }
    Limits.with([.references: 0]) { #expect(found(.unresolvedReference) == 2) }
    let notebook = { NotebookParser.parse(SourceFile(name: "n.md", text: text)) }
    #expect(notebook().pictures.count == 2 && notebook().links.count == 2)
    Limits.with([.pictures: 1, .links: 1]) {
      #expect(notebook().pictures.count == 1 && notebook().links.count == 1)
    }
    let headings = { NotebookParser.parse(SourceFile(name: "n.md", text: "# a\n# b\n")).anchors }
    #expect(!headings().areIncomplete)
    Limits.with([.headings: 1]) { #expect(headings().areIncomplete) }
  }

  @Test("entries of a bibliography")
  func bibliography() {
    let entry = { (number: Int) in "@misc{k\(number), title = {T}, year = {2020}}\n" }
    let file = SourceFile(name: "b.bib", text: (0..<4).map(entry).joined())
    #expect(BibliographyFile.read(file).mistakes.isEmpty)
    Limits.with([.bibliographyEntries: 3]) {
      let found = BibliographyFile.read(file).mistakes
      #expect(found.map(\.help) == ["--limit bibliography-entries=6 allows more"])
    }
  }

  @Test("formulas beyond the most are text")
  func formulas() {
    let text = SourceFile(name: "n.md", text: "$a$ $b$\n")
    let count = { NotebookParser.parse(text).blocks.description.components(of: "formula(") }
    #expect(count() == 2)
    Limits.with([.formulas: 1]) { #expect(count() == 1) }
  }

  /// What nests is read by functions that call themselves, on the stack of whatever thread runs the task.
  @Test("the highest depths fit on the stack")
  func stack() async {
    let many = 100_000
    let texts = [
      "---\nparams: " + String(repeating: "[", count: many),
      "---\nparams:\n" + (0..<400).map { String(repeating: " ", count: $0) + "- \n" }.joined(),
      "{{ " + String(repeating: "(", count: many) + " }}",
      "{{ " + String(repeating: "not ", count: 250) + "true }}",
      "{{ " + String(repeating: "- ", count: 1000) + "1 }}",
      "{{ 1" + String(repeating: " + 1", count: 900) + " }}",
      "{{ 1" + String(repeating: " | round", count: 900) + " }}",
      String(repeating: ">", count: 511) + "a", String(repeating: "- ", count: 511) + "a",
      String(repeating: "*a **b ", count: 200) + String(repeating: "c** d*", count: 200),
      String(repeating: "[", count: 500) + "a" + String(repeating: "](b)", count: 500),
      String(repeating: "![", count: 500) + "a" + String(repeating: "](b)", count: 500),
    ]
    var highest: [Limit: Int] = [.expressionBytes: 1 << 20]
    for limit in [
      Limit.yamlDepth, .markdownDepth, .expressionDepth, .expressionWords, .formulaDepth,
    ] {
      highest[limit] = limit.most
    }
    for text in texts {
      // That it comes back at all is what counts: a stack that is too small ends the process.
      let found = await Task.detached { [highest] in
        Limits.with(highest) { ToyCells.mistakes(in: text) }
      }.value
      #expect(found.count <= 1001)
    }
  }
}

extension String {
  fileprivate func components(of part: String) -> Int { split(separator: part).count - 1 }
}
