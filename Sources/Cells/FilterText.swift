import Diagnostics
import NotebookLanguage

/// `format:` of a row: a filter as in expressions, such as `ms(2)`. Without one, a value prints as it
/// does in prose.
struct FilterText: SchemaValue {
  var call: Expression.FilterCall?

  static var typeName: String { "a filter such as round(2)" }
  static var form: SchemaForm { .text }
  /// The arguments.
  var expressions: [Expression] { call?.arguments ?? [] }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard node.scalar != nil, !node.isNull else {
      diagnostics.append(mismatch(node))
      return nil
    }
    do throws(Diagnostic) {
      let call = try ExpressionParser.parseFilter(ExpressionSource(node))
      let mistakes = call.check()
      diagnostics += mistakes
      return mistakes.isEmpty ? Self(call: call) : nil
    } catch {
      diagnostics.append(error)
      return nil
    }
  }

  /// Unit that the header names, such as `ms`.
  var unit: String { call?.unit ?? "" }

  /// `value` in this format, without the unit.
  func apply(
    to value: Value, at span: SourceSpan?, in scope: ExpressionScope
  ) throws(Diagnostic) -> DisplayedValue {
    guard let call else { return DisplayedValue(value) }
    var shown = try call.apply(to: value, at: span ?? call.name.span, in: scope)
    if !unit.isEmpty, shown.text.hasSuffix(" \(unit)") {
      shown.text.removeLast(unit.count + 1)
    }
    return shown
  }
}
