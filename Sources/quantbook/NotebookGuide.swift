import Cells
import NotebookLanguage

/// `quantbook help notebook`.
enum NotebookGuide {
  /// A notebook that the page shows in whole.
  static let example = """
    ---
    title: "NF4 on {{ base.name }}"
    params: {blockSize: 64}
    ---

    # Memory {#sec-memory}

    NF4 takes {{ nf4.bytes | mib(1) }} instead of {{ base.bytes | mib(1) }}.

    ```{load}
    #| label: base
    model: starter
    ```

    ```{quantize}
    #| label: nf4
    of: base
    scheme: nf4
    blockSize: {{ params.blockSize }}
    ```
    """

  static var text: String {
    """
    notebook: Markdown as GitHub has it, with a front matter, cells, expressions and references. Results go
    into the text wherever it names them, also above the cell that computes them.

    Example:

    \(HelpText.indented(example))
    Cells are fenced, with their name in braces. Lines of #| come first and say how a cell is run and
    shown; the YAML below says what it computes. A cell names those that it needs by their labels: their
    order in the text is free.
    \(TextColumns.aligned(AllCells.directives.map { ["  \($0.name)", $0.summary] }))
    Expressions such as {{ nf4.bytes | mib(1) }} put results into the text: quantbook help expressions
    A list where a cell wants one value makes a sweep:                       quantbook help sweeps

    References: @tbl-x, @fig-x and @sec-x name a table, a figure or a section; [-@tbl-x] is the number
    alone, \\@tbl-x the text itself. A heading gets its label by {#sec-x} at its end, a plot-table or plot
    cell by #| label.

    Formulas stand between dollars: $\\frac{a}{127}$, or $$…$$ on lines of their own; \\$ is a dollar.

    Keys of the front matter:
    \(SchemaText(FrontMatter.keyDescriptions).text())
    Parameters are name: default, or name: {default: …, type: …, min: …, max: …, choices: […], help: …}.

    #| lines of a cell, of which execute: sets defaults for all:
    \(SchemaText(CellOptions.keyDescriptions).text())
    """
  }
}
