import Diagnostics
import Formulas
import Markdown

/// What is wrong in the formulas of a text.
enum FormulaCheck {
  /// Every mistake in the formulas of some blocks.
  static func problems(in blocks: [Block], of source: NotebookSource) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    for block in blocks {
      block.forEachFormula { formula, lines in
        guard problems.count < 100 else { return }
        let start = source.text.offset(ofLine: lines.lowerBound)
        let end = source.text.offset(ofLine: lines.upperBound + 1)
        if let problem = problem(in: formula, among: start..<max(start, end), of: source) {
          problems.append(problem)
        }
      }
    }
    return problems
  }

  /// - Parameter range: of `source`'s text, in which the formula stands.
  static func problem(
    in formula: String, among range: Range<Int>, of source: NotebookSource
  ) -> Diagnostic? {
    guard let error = FormulaParser.problem(in: formula) else { return nil }
    var diagnostic = Diagnostic(
      .invalidFormula, error.message, at: span(of: error, in: formula, among: range, of: source))
    if let name = error.unknownName {
      let near = nearestNames(
        to: name, among: FormulaParser.commandNames + FormulaParser.environmentNames)
      if !near.isEmpty {
        diagnostic.help =
          "did you mean " + near.map { "'\($0)'" }.joined(separator: " or ") + "?"
      }
    }
    return diagnostic
  }

  /// Where a mistake stands: its own characters where the formula is found as it is, its first line
  /// where a blockquote's marks stand between its lines.
  private static func span(
    of error: FormulaError, in formula: String, among range: Range<Int>, of source: NotebookSource
  ) -> SourceSpan {
    let bytes = source.text.bytes[range]
    let scalars = Array(formula.unicodeScalars)
    func offset(_ index: Int) -> Int {
      scalars.prefix(index).reduce(0) { $0 + UTF8.width($1) }
    }
    if let found = bytes.firstRange(of: Array(formula.utf8)) {
      let start = found.lowerBound + offset(error.range.lowerBound)
      let end = found.lowerBound + offset(error.range.upperBound)
      return source.span(ofText: start..<max(end, start))
    }
    let firstLine = formula.prefix { $0 != "\n" }
    return source.span(
      ofText: bytes.firstRange(of: Array(firstLine.utf8)) ?? range.lowerBound..<range.lowerBound)
  }
}

extension Block {
  /// Calls `body` with each formula and the lines of its block.
  fileprivate func forEachFormula(_ body: (String, ClosedRange<Int>) -> Void) {
    forEachRunningText { content, lines in content.forEachFormula { body($0, lines) } }
  }
}

extension [Inline] {
  func forEachFormula(_ body: (String) -> Void) {
    for inline in self {
      switch inline {
      case .formula(let source, _): body(source)
      case .emphasis(let content), .strong(let content), .strikethrough(let content),
        .link(_, _, let content), .image(_, _, let content):
        content.forEachFormula(body)
      case .text, .code, .html, .footnoteReference, .softBreak, .lineBreak, .placeholder: break
      }
    }
  }
}
