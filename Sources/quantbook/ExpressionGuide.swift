import NotebookLanguage

/// `quantbook help expressions`.
enum ExpressionGuide {
  /// Expressions with what they are, of a notebook like the one that `SweepGuide` and the cells' examples
  /// show.
  static let names: [(expression: String, meaning: String)] = [
    (
      "base.parameters", "a field of a cell's value, by the cell's label (quantbook help cell load)"
    ),
    ("tbl_results", "the same of a label with a hyphen, tbl-results: write _ for it"),
    ("nf4.perplexity.after", "a result that an evaluate cell names with 'as:'"),
    ("params.blockSize", "a parameter of the front matter"),
    ("sizes[nf4, 64].bytes", "one result of a sweep (quantbook help sweeps)"),
    ("64", "a number"), (#""text""#, "a text"), ("true", "a condition, true or false"),
  ]

  static let examples: [(expression: String, meaning: String)] = [
    (
      "nf4.memory.after.reported / nf4.memory.before.reported | percent",
      "a filter takes all that stands to its left"
    ),
    ("(nf4.perplexity.after - nf4.perplexity.before) * 100 | round(1)", "arithmetic"),
    (
      #""small" if base.parameters < 1e8 and not params.full else "large""#,
      "one of two values, by a condition"
    ),
    ("nf4.perplexity.ratio | pm", "errors go through arithmetic: a ratio keeps its own"),
  ]

  static var text: String {
    """
    expressions: {{ … }} puts a result into the report. They stand in prose, headings, captions, the front
    matter (but not in params), values of cells, links, and raw HTML: in its text, and in attributes
    between quotes. Values are escaped for their place and never read as Markdown or HTML.

    Names:
    \(table(names))
    Operators, those that bind most first:
    \(operators)
    Filters say how a value is printed; their arguments may be left out:
    \(filters)
    Examples:
    \(examples.map { "  {{ \($0.expression) }}\n      \($0.meaning)\n" }.joined())
    Numbers without a filter are printed by their unit, with MiB or ms. ∞ and undefined say their cause.
    An unknown name is a mistake, never an empty text. \\{{ stands for the two characters.

    """
  }

  private static var operators: String {
    var lines = ["- before a number"]
    for operators in Expression.Operator.byPrecedence {
      if operators == [.and] { lines.append("not") }
      lines.append(operators.map(\.rawValue).joined(separator: "  "))
    }
    return (lines + ["… if … else …", "| filter"]).map { "  \($0)\n" }.joined()
  }

  private static var filters: String {
    TextColumns.aligned(Filter.all.map { ["  \($0.usage)", $0.help] })
  }

  private static func table(_ rows: [(expression: String, meaning: String)]) -> String {
    TextColumns.aligned(rows.map { ["  \($0.expression)", $0.meaning] })
  }
}
