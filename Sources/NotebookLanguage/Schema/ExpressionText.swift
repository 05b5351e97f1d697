public import Diagnostics

/// An expression that stands in a cell's body without braces, such as a condition.
public struct ExpressionText: SchemaValue {
  public let expression: Expression
  /// As it was written.
  public let text: String

  public static var typeName: String { "an expression such as nf4.memory.ratio < 0.5" }
  public static var form: SchemaForm { .text }
  public var expressions: [Expression] { [expression] }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard let text = node.scalar, !node.isNull else {
      diagnostics.append(mismatch(node))
      return nil
    }
    do throws(Diagnostic) {
      return Self(expression: try ExpressionParser.parse(ExpressionSource(node)), text: text)
    } catch {
      diagnostics.append(error)
      return nil
    }
  }
}
