import Cells
import NotebookLanguage

/// `quantbook help sweeps`.
enum SweepGuide {
  /// The order of a sweep's axes.
  static let order = """
    An address has the values in the order in which the cell writes its lists; of an evaluate cell then the \
    name in 'of', then the values of the lists of the quantize cell that it names.
    """

  /// A notebook that the page shows in whole.
  static let example = """
    ```{load}
    #| label: base
    model: starter
    ```

    ```{corpus}
    #| label: text
    text: house-prose
    limit: 10%
    ```

    ```{quantize}
    #| label: sizes
    of: base
    scheme: [nf4, fp4]
    blockSize: [32, 64]
    ```

    ```{evaluate}
    #| label: results
    of: {grid: sizes}
    corpus: text
    metrics: [perplexity]
    perplexity: {window: [256, 512]}
    as: [grid]
    ```

    ```{plot-table}
    #| label: tbl-blocks
    from: results
    columns: scheme
    rows: blockSize
    value: perplexity.after
    format: round(2)
    labels: {nf4: NF4, blockSize: "blocks of {}"}
    where: {window: 512}
    ```

    ```{plot}
    #| label: fig-blocks
    kind: line
    from: results
    x: blockSize
    y: perplexity.after
    series: scheme
    where: {window: 512}
    ```
    """

  /// Expressions that address the example's results.
  static let addresses: [(expression: String, meaning: String)] = [
    ("sizes[nf4, 64].bytes", "also written sizes.nf4[64].bytes"),
    ("grid[512, nf4, 64].perplexity.after", "the window, then scheme and blockSize"),
    ("results[512].grid[nf4, 64].perplexity.after", "the same without 'as:'"),
  ]

  static var text: String {
    """
    sweeps: a list where a cell wants one value computes each, and each combination of several lists. Each
    is kept by itself: a value more computes only its own.

    Cells and the keys that can range:
    \(keys)
    Example:

    \(HelpText.indented(example))
    Addresses:
    \(TextColumns.wrapped(order, margin: "  "))
    \(TextColumns.aligned(addresses.map { ["  {{ \($0.expression) }}", $0.meaning] }))
    An axis is called as its key is; that of the names in 'of' is called of. Of plot-table:
    \(SchemaText(described(PlotTableCell.self, ["columns", "rows", "value", "where", "labels"])).text())
    Of plot:
    \(SchemaText(described(PlotCell.self, ["x", "y", "series", "where", "labels"])).text())
    """
  }

  private static var keys: String {
    AllCells.directives.filter { $0.allowsSweep }.map { type in
      TextColumns.wrapped(
        "\(type.name): " + ranging(type.keyDescriptions).joined(separator: ", "), margin: "  ")
    }.joined()
  }

  /// Paths of the keys that want one value.
  private static func ranging(_ keys: [KeyDescription], in path: String = "") -> [String] {
    keys.flatMap { key -> [String] in
      if key.form.isSingle { return [path + key.name] }
      guard case .record(let inner, _) = key.form else { return [] }
      return ranging(inner, in: path + key.name + ".")
    }
  }

  /// Some keys of a cell, without those of the mappings that they may hold instead.
  private static func described(_ type: any Directive.Type, _ names: [String]) -> [KeyDescription] {
    type.keyDescriptions.filter { names.contains($0.name) }.map { key in
      var key = key
      if !key.form.keys.isEmpty { key.form = .any }
      return key
    }
  }
}
