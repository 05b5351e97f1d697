import Diagnostics
import Markdown

/// The names, fields and kinds of values in all expressions.
extension Check {
  mutating func checkExpressions(_ readings: [Reading?], against names: KnownNames) {
    let expressions =
      Array(notebook.expressions.values) + notebook.cells.flatMap(\.expressions.values)
      + readings.flatMap { $0?.cells ?? [] }.flatMap(\.expressions)
    for expression in expressions { diagnostics += expression.check(against: names) }
    for expression in notebook.expressions.values {
      diagnostics += expression.checkShown(against: names)
    }
    checkNeedsOfProse()
  }

  /// Prose and captions that are shown need values of cells that are run.
  private mutating func checkNeedsOfProse() {
    let unshown = Set(
      notebook.cells.filter { !$0.options.eval.value }.flatMap(\.placesOfCaption))
    for (place, expression) in notebook.expressions where !unshown.contains(place) {
      for step in expression.rootNames {
        guard let target = names[step.name] else { continue }
        refuseUnevaluated(target.cell, called: step.name, at: step.span, by: nil)
      }
    }
  }
}

extension CellSource {
  /// The places of expressions in the caption and in the figure's description.
  fileprivate var placesOfCaption: [Int] {
    caption.placeholders + (options.figureAlternative?.text ?? "").placeholders
  }
}

extension [Inline] {
  fileprivate var placeholders: [Int] {
    flatMap { inline -> [Int] in
      switch inline {
      case .placeholder(let place): return [place]
      case .emphasis(let content), .strong(let content), .strikethrough(let content):
        return content.placeholders
      case .link(let target, let title, let content), .image(let target, let title, let content):
        return content.placeholders + (target + title).placeholders
      case .formula(let source, _): return source.placeholders
      default: return []
      }
    }
  }
}

extension String {
  fileprivate var placeholders: [Int] {
    Placeholders.pieces(of: self).compactMap {
      if case .placeholder(let place) = $0 { place } else { nil }
    }
  }
}
