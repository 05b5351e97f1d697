public import Diagnostics

/// What a label may point to: the value of some kinds of cells.
public protocol LabelTarget: Sendable {
  /// The directives whose cells fit; empty where all do.
  static var cellKinds: [String] { get }
  /// The value as this type; nil where it is another's.
  static func from(_ value: any CellValue) -> Self?
  /// The value from what expressions see of it, where that is enough: nothing need be computed then.
  static func from(record: Value) -> Self?
}

extension LabelTarget {
  public static func from(record: Value) -> Self? { nil }
}

extension LabelTarget where Self: CellValue {
  public static func from(_ value: any CellValue) -> Self? { value as? Self }
}

/// The name of another cell whose value this one uses.
public struct Label<Target: LabelTarget>: SchemaValue, Hashable {
  public var text: String
  public var span: SourceSpan?

  public init(_ text: String = "", at span: SourceSpan? = nil) {
    self.text = text
    self.span = span
  }

  public static var typeName: String {
    Target.cellKinds.isEmpty
      ? "the label of a cell"
      : "the label of a \(Target.cellKinds.joined(separator: " or ")) cell"
  }

  public static var form: SchemaForm { .text }
  public var documented: Value? { text.documented }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard let text = node.scalar, !node.isNull else {
      diagnostics.append(mismatch(node))
      return nil
    }
    return Self(text, at: node.span)
  }

  public var labels: [AnyLabel] {
    text.isEmpty ? [] : [AnyLabel(text: text, span: span, kinds: Target.cellKinds)]
  }
}

/// A label without its type, for the graph.
public struct AnyLabel: Hashable, Sendable {
  public var text: String
  public var span: SourceSpan?
  /// The directives whose cells fit; empty where all do.
  public var kinds: [String]
}

/// The value of any cell, for cells that lay out whatever results there are.
public struct AnyResult: LabelTarget {
  public var value: Value

  public static var cellKinds: [String] { [] }
  public static func from(_ value: any CellValue) -> Self? { Self(value: value.expressionValue) }
  public static func from(record: Value) -> Self? { Self(value: record) }
}
