import Diagnostics
import Markdown
import Testing
import ToyCells

@testable import NotebookLanguage

@Suite struct IncludeTests {
  private func parse(_ text: String, _ files: [String: String]) -> Notebook {
    NotebookParser.parse(SourceFile(name: "dir/n.md", text: text)) {
      (path, span) throws(Diagnostic) in
      guard let text = files[path] else {
        throw Diagnostic(.invalidInclude, "no '\(path)'", at: span)
      }
      return SourceFile(name: "dir/\(path)", text: text)
    }
  }

  private static let files = [
    "parts/one.md": """
    ---
    title: Not the notebook's
    params: {inner: 3, shared: 1}
    execute: {echo: true}
    ---
    # One {#sec-one}

    At {{ params.inner }}, see @sec-one [^n].

    ```{source}
    #| label: inner
    number: {{ params.inner }}
    ```

    ```{include}
    file: deeper/two.md
    ```

    [^n]: Note of one.
    """,
    "parts/deeper/two.md": "Two {{ inner }}.\n\n```{scale}\n#| label: two\nof: inner\n```\n",
  ]

  private static let notebook = """
    ---
    title: Outer
    params: {shared: 2}
    ---

    First[^n].

    ```{include}
    file: parts/one.md
    ```

    Last {{ two }}.

    [^n]: Note of the notebook.
    """

  @Test("prose, cells, expressions and footnotes stand where the cell was")
  func spliced() throws {
    let notebook = parse(Self.notebook, Self.files)
    #expect(notebook.mistakes.isEmpty)
    let kinds = notebook.blocks.map { block in
      switch block.kind {
      case .paragraph: "paragraph"
      case .heading: "heading"
      case .placeholder(let index): "cell \(index)"
      case .footnoteDefinition(let label, _): "note \(label)"
      default: "other"
      }
    }
    #expect(
      kinds == [
        "paragraph", "heading", "paragraph", "cell 0", "paragraph", "cell 1", "paragraph",
        "note n", "note n-2",
      ])
    #expect(notebook.cells.map(\.label) == ["inner", "two"])
    #expect(notebook.cells.map(\.folder) == ["parts", "parts/deeper"])
    #expect(notebook.includedFiles == ["parts/one.md", "parts/deeper/two.md"])
    #expect(notebook.expressions.count == 3)
    #expect(Set(notebook.expressions.keys).allSatisfy { $0 < notebook.placeCount })
  }

  @Test("parameters are declared too unless the notebook has them; other front matter is not")
  func frontMatter() throws {
    let notebook = parse(Self.notebook, Self.files)
    let parameters = notebook.frontMatter.parameters.parameters
    #expect(parameters.map(\.name) == ["shared", "inner"])
    #expect(parameters[0].defaultValue.asNumber?.value == 2)
    #expect(notebook.title == [.text("Outer")])
    #expect(notebook.cells[0].options.echo == .no)
    let checked = try notebook.checked(
      cellTypes: ToyCells.types, settings: [ParameterSetting(name: "inner", text: "4")])
    #expect(checked.parameters["inner"]?.asNumber?.value == 4)
  }

  @Test("mistakes are shown in the file where they are, after those of the notebook")
  func places() {
    var files = Self.files
    files["parts/deeper/two.md"] = "Two.\n\n> {{ nothing }}\n"
    let notebook = parse(Self.notebook + "\n\n{{ neither }}", files)
    do throws(DiagnosticList) {
      _ = try notebook.checked(cellTypes: ToyCells.types)
      Issue.record("nothing was said")
    } catch {
      #expect(
        error.diagnostics.compactMap { $0.span?.place } == [
          "dir/n.md:12:9", "dir/n.md:16:4", "dir/parts/deeper/two.md:3:6",
        ])
    }
  }

  @Test("a part in a list stands in the list")
  func inList() {
    let notebook = parse(
      "1. First\n\n   ```{include}\n   file: a.md\n   ```\n", ["a.md": "A *b*.\n\nC."])
    guard case .list(let list)? = notebook.blocks.first?.kind else {
      Issue.record("no list")
      return
    }
    #expect(list.items[0].content.count == 3)
  }

  @Test("a notebook without a folder includes nothing")
  func noFiles() {
    let file = SourceFile(name: "n.md", text: "```{include}\nfile: a.md\n```\n")
    #expect(NotebookParser.parse(file).mistakes.map(\.code) == [.invalidInclude])
  }
}
