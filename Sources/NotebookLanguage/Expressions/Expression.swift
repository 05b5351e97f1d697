public import Diagnostics

/// An expression of a notebook, read but not yet computed.
///
/// Paths, numbers, texts, `+ - * /`, comparisons, `and or not`, `a if c else b`, and filters after
/// `|`, which apply to all that stands to their left. No loops, no input, no clock.
public struct Expression: Hashable, Sendable {
  public indirect enum Node: Hashable, Sendable {
    case number(Double)
    case text(String)
    case bool(Bool)
    /// `base.perplexity.after`: a name and its fields; `sizes[64]` has the field `64`.
    case path([Step])
    case negate(Expression)
    case not(Expression)
    case binary(Operator, Expression, Expression)
    case conditional(then: Expression, condition: Expression, otherwise: Expression)
    case filter(FilterCall, input: Expression)
  }

  /// A name of a path with its place.
  public struct Step: Hashable, Sendable {
    public var name: String
    public var span: SourceSpan
  }

  /// A filter with its arguments, as in `round(2)`.
  public struct FilterCall: Hashable, Sendable {
    public var name: Step
    public var arguments: [Expression]
  }

  public enum Operator: String, Hashable, Sendable, CaseIterable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case and
    case or

    /// Those of each line bind alike, and more than those of the lines below it; `not` comes before `and`.
    public static let byPrecedence: [[Self]] = [
      [.multiply, .divide], [.add, .subtract],
      [.equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual], [.and], [.or],
    ]
  }

  public var node: Node
  public var span: SourceSpan

  /// Every path in the expression.
  public var paths: [[Step]] {
    switch node {
    case .number, .text, .bool: []
    case .path(let steps): [steps]
    case .negate(let inner), .not(let inner): inner.paths
    case .binary(_, let left, let right): left.paths + right.paths
    case .conditional(let then, let condition, let otherwise):
      then.paths + condition.paths + otherwise.paths
    case .filter(let call, let input): input.paths + call.arguments.flatMap(\.paths)
    }
  }

  /// The names that paths begin with, such as `params` or `nf4`.
  public var rootNames: [Step] { paths.compactMap(\.first) }
}
