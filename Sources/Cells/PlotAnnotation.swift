import Diagnostics
import NotebookLanguage

/// An entry of `annotate:`: `{y: base.perplexity, text: full precision}`.
struct PlotAnnotation: SchemaRecord {
  static var keys: [SchemaKey<Self>] {
    [
      .optional("x", \.x, help: "Value on the horizontal axis: a number or an expression."),
      .optional("y", \.y, help: "Value on the vertical axis: a number or an expression."),
      .required("text", \.text, help: "What stands beside the line or mark."),
    ]
  }
  static var keyAliases: [String: String] { ["label": "text", "name": "text"] }

  /// More are no chart that a person reads.
  static let most = 40

  var x: PlotPlace?
  var y: PlotPlace?
  var text = Spanned("")

  init() {}

  /// - Throws: what is wrong with its expressions.
  func drawn(in scope: ExpressionScope) throws(Diagnostic) -> Chart.Annotation {
    var annotation = Chart.Annotation(text: text.value)
    if let x { annotation.x = try x.value(in: scope) }
    if let y { annotation.y = try y.value(in: scope) }
    return annotation
  }
}

/// A place on an axis: a number in the axis's unit, or an expression.
struct PlotPlace: SchemaValue {
  private enum Content: Sendable {
    case number(Double)
    case expression(ExpressionText)
  }

  private let content: Content
  let span: SourceSpan

  static var typeName: String { "a number, or an expression such as base.perplexity" }
  static var form: SchemaForm { .text }
  var expressions: [Expression] {
    if case .expression(let text) = content { text.expressions } else { [] }
  }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    var ignored: [Diagnostic] = []
    if let number = Double.decode(node, &ignored) {
      return Self(content: .number(number), span: node.span)
    }
    return ExpressionText.decode(node, &diagnostics).map {
      Self(content: .expression($0), span: node.span)
    }
  }

  /// What an expression is sure not to be: a number.
  func problem(in scope: CheckScope) -> Diagnostic? {
    guard case .expression(let text) = content, let kind = scope.kind(of: text.expression),
      kind != .number
    else { return nil }
    return noNumber
  }

  private var noNumber: Diagnostic {
    Diagnostic(.expressionType, "a number is needed here", at: span)
  }

  /// In the unit that axes show.
  func value(in scope: ExpressionScope) throws(Diagnostic) -> Double {
    switch content {
    case .number(let number): return number
    case .expression(let text):
      guard let number = try text.expression.value(in: scope).asNumber else {
        throw noNumber
      }
      return number.plotted
    }
  }
}
