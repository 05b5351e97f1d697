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
      return Self(expression: try ExpressionParser.parse(node.textSpan), text: text)
    } catch {
      diagnostics.append(error)
      return nil
    }
  }
}

extension YAMLNode {
  /// Where the scalar's text stands: in the notebook, so that mistakes are shown there, or in a
  /// source of its own if it was quoted with escapes or made by an expression.
  public var textSpan: SourceSpan {
    let text = scalar ?? ""
    if span.text == text { return span }
    if let quote = span.text.first, quote == "\"" || quote == "'",
      span.text == "\(quote)\(text)\(quote)"
    {
      return SourceSpan(
        file: span.file, range: span.range.lowerBound + 1..<span.range.upperBound - 1)
    }
    return SourceSpan(
      file: SourceFile(name: span.file.name, text: text), range: 0..<text.utf8.count)
  }
}
