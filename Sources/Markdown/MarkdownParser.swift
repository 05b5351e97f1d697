internal import CCmarkGFM
public import InputLimits

/// Reads GitHub Flavored Markdown into a tree of values; the one importer of cmark-gfm.
///
/// Extensions: tables, strikethrough, autolinks, task lists, footnotes, formulas between dollars, and
/// `{#identifier}` at the end of a heading. Reference: https://github.github.com/gfm/.
public enum MarkdownParser {
  /// The blocks of `text`, footnote definitions last.
  ///
  /// Tokens of `Placeholders` become `Inline.placeholder`; in code, raw HTML, link destinations and
  /// titles they stay tokens. A definition that no footnote refers to is left out, as on GitHub.
  /// - Throws: `MarkdownError` when the text has more, or nests deeper, than the limits allow.
  public static func parse(_ text: String) throws(MarkdownError) -> [Block] {
    try MarkdownCost.check(text)
    let formulas = FormulaScanner(text)
    let document = try CmarkDocument(formulas.text)
    defer { document.free() }
    try document.checkDepth(Limit.markdownDepth.value)
    let conversion = CmarkConversion(
      document, sourceLines: SourceLines(formulas.text), formulas: formulas)
    return conversion.blocks(in: document.root)
  }
}

/// Why a text was not read as Markdown.
public enum MarkdownError: Error, Hashable, Sendable, CustomStringConvertible {
  /// `line` is where the innermost permitted level stands, from 1.
  case tooDeep(line: Int, limit: Int)
  /// The paragraph that begins at `line` would take cmark-gfm long.
  case tooMuchWork(line: Int, limit: Int)
  case tooManyColumns(line: Int, limit: Int)
  case tooManyCells(line: Int, limit: Int)
  /// The text has more markup than any that is written by hand.
  case tooManyMarks(limit: Int)
  /// cmark-gfm gave no document or lacks an extension.
  case libraryFailed(String)

  /// The line at fault, from 1, where there is one.
  public var line: Int? {
    switch self {
    case .tooDeep(let line, _), .tooMuchWork(let line, _), .tooManyColumns(let line, _),
      .tooManyCells(let line, _):
      line
    case .tooManyMarks, .libraryFailed: nil
    }
  }

  /// The limit that was exceeded.
  public var limit: Limit? {
    switch self {
    case .tooDeep: .markdownDepth
    case .tooMuchWork: .markdownWork
    case .tooManyColumns: .tableColumns
    case .tooManyCells: .tableCells
    case .tooManyMarks: .markdownMarks
    case .libraryFailed: nil
    }
  }

  public var description: String {
    switch self {
    case .tooManyMarks(let limit):
      "the Markdown text has more than \(limit) lines and marks"
    case .tooDeep(let line, let limit):
      "Markdown is nested more than \(limit) levels deep at line \(line)"
    case .tooMuchWork:
      "this Markdown would take too long: paragraphs are long and have many marks of one kind"
    case .tooManyColumns(_, let limit): "a table has at most \(limit) columns"
    case .tooManyCells(_, let limit): "the tables have more than \(limit) cells"
    case .libraryFailed(let what):
      "cmark-gfm failed: \(what)"
    }
  }
}
