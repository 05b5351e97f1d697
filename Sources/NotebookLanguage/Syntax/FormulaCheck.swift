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
        let range = source.text.range(ofLines: lines)
        let start = source.span(ofText: range.prefix(0))
        if let problem = problem(in: formula, among: range, of: source, orAt: start) {
          problems.append(problem)
        }
      }
    }
    return problems
  }

  /// Every mistake in the formulas of a title or caption.
  ///
  /// - Parameter span: where it stands in `source`.
  static func problems(
    in content: [Inline], at span: SourceSpan?, of source: NotebookSource
  ) -> [Diagnostic] {
    var problems: [Diagnostic] = []
    let range = span.map { span in
      let end = source.file.position(of: span.range.upperBound).line
      return source.text.range(ofLines: span.line...max(span.line, end))
    }
    content.forEachFormula { formula in
      guard problems.count < 100 else { return }
      if let problem = problem(in: formula, among: range ?? 0..<0, of: source, orAt: span) {
        problems.append(problem)
      }
    }
    return problems
  }

  /// - Parameters:
  ///   - range: of `source`'s text, in which the formula stands.
  ///   - span: what to mark where the formula is not found, as where YAML has escapes in it.
  private static func problem(
    in formula: String, among range: Range<Int>, of source: NotebookSource, orAt span: SourceSpan?
  ) -> Diagnostic? {
    guard let error = FormulaParser.problem(in: formula) else { return nil }
    var diagnostic = Diagnostic(
      .invalidFormula, error.message,
      at: place(of: error, in: formula, among: range, of: source) ?? span)
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
  private static func place(
    of error: FormulaError, in formula: String, among range: Range<Int>, of source: NotebookSource
  ) -> SourceSpan? {
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
    return bytes.firstRange(of: Array(firstLine.utf8)).map { source.span(ofText: $0) }
  }
}

extension Block {
  /// Calls `body` with each formula and the lines of its block.
  fileprivate func forEachFormula(_ body: (String, ClosedRange<Int>) -> Void) {
    forEachRunningText { content, lines in content.forEachFormula { body($0, lines) } }
  }
}

extension [Inline] {
  fileprivate func forEachFormula(_ body: (String) -> Void) {
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
