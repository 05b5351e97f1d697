public import Diagnostics

/// What a cell's `check` may know of its own body and of the other cells.
public struct CheckScope: Sendable {
  /// What expressions can know of the cells checked so far.
  var names = KnownNames(shapes: [:], parameters: ExpressionScope())
  /// Shapes of values by the cells' labels.
  var shapes: [String: Shape] = [:]
  /// The cells by label, one for each value of a sweep, each with its folder where files may be looked at.
  var cells: [String: [(cell: any Cell, folder: String?)]] = [:]
  /// The folder that the cell's own paths start at; nil where files are not to be looked at.
  public internal(set) var folder: String?
  /// Paths of the cell's own keys whose values are not known.
  var unread: Set<String> = []

  /// The cell that a label names, one for each value of its sweep, and the folder that its paths start at;
  /// none where the cell is not known yet, and no folder where files are not to be looked at.
  public func cells<Target>(of label: Label<Target>) -> [(cell: any Cell, folder: String?)] {
    cells[label.text] ?? []
  }

  /// Fields that the value of a cell will have; `.open` where they are not known.
  public func shape<Target>(of label: Label<Target>) -> Shape { shapes[label.text] ?? .open }

  /// Whether a key has the value that stands in the notebook, or its default if nothing does: not where
  /// the value could not be read, or waits for a result. What is found by the value of a key that is not
  /// known would be no true mistake.
  ///
  /// - Parameter path: such as `perplexity.window`; all keys in a mapping where it names that.
  public func knows(_ path: String) -> Bool {
    unread.allSatisfy { other in
      other != path && !other.hasPrefix(path + ".") && !path.hasPrefix(other + ".")
    }
  }

  /// What an expression is sure to give; nil where only a run can tell.
  public func kind(of expression: Expression) -> Value.Kind? { expression.kind(names) }

  /// What is wrong with a filter for a value of this shape: its arguments, and what it is applied to.
  ///
  /// - Parameters:
  ///   - shape: of the value; nil to look at the arguments alone.
  ///   - span: where the value is named.
  public func mistakes(
    in filter: Expression.FilterCall, appliedTo shape: Shape?, at span: SourceSpan?
  ) -> [Diagnostic] {
    filter.mistakesOfArguments(names)
      + (shape?.kind.flatMap {
        filter.mistake(
          appliedTo: $0, shape, isExact: shape?.canBeJudged == false, at: span)
      }.map { [$0] } ?? [])
  }
}
