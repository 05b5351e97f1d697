public import Diagnostics

/// A setting of the notebook that the command line can change with `-P name=value`.
public struct Parameter: Hashable, Sendable {
  public enum Kind: String, SchemaChoice, Hashable {
    case string, int, number, bool
    public static var subject: String { "parameter type" }
    public static var aliases: [String: String] {
      [
        "float": "number", "double": "number", "integer": "int", "str": "string", "text": "string",
        "boolean": "bool",
      ]
    }

    var typeName: String {
      switch self {
      case .string: String.typeName
      case .int: Int.typeName
      case .number: Double.typeName
      case .bool: Bool.typeName
      }
    }
  }

  public var name: String
  public var kind: Kind
  public var defaultValue: Value
  public var help: String?
  public var minimum: Double?
  public var maximum: Double?
  /// Permitted texts; empty where all are.
  public var choices: [String]
  public var span: SourceSpan

  /// The value that a text stands for.
  ///
  /// - Throws: `invalidParameter` for one of another type or outside the bounds.
  public func value(of text: String, at span: SourceSpan?) throws(Diagnostic) -> Value {
    let node = YAMLNode(.scalar(text, isQuoted: false), at: span ?? self.span)
    var ignored: [Diagnostic] = []
    let value: Value?
    switch kind {
    case .string: value = .text(text)
    case .int: value = Int.decode(node, &ignored).map { Self.given(Double($0)) }
    case .number: value = Double.decode(node, &ignored).map(Self.given)
    case .bool: value = Bool.decode(node, &ignored).map { .bool($0) }
    }
    guard let value else {
      throw invalid("is \(kind.typeName), not '\(text)'", at: span)
    }
    if let number = value.asNumber?.value {
      if let minimum, number < minimum {
        throw invalid("is at least \(NumberFormatting.plain(minimum)), not \(text)", at: span)
      }
      if let maximum, number > maximum {
        throw invalid("is at most \(NumberFormatting.plain(maximum)), not \(text)", at: span)
      }
    }
    if !choices.isEmpty, !isChoice(value, text) {
      throw Diagnostic(
        .invalidParameter, "the parameter '\(name)' cannot be '\(text)'", at: span,
        notes: span == nil ? [Diagnostic.Note("it is declared here", at: self.span)] : [],
        help: Diagnostic.suggestion(for: text, among: choices))
    }
    return value
  }

  /// Numbers are compared as numbers: `1e3` is `1000`.
  private func isChoice(_ value: Value, _ text: String) -> Bool {
    if choices.contains(text) { return true }
    guard let number = value.asNumber?.value else { return false }
    return choices.contains { Double($0.filter { $0 != "_" }) == number }
  }

  private func invalid(_ problem: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .invalidParameter, "the parameter '\(name)' \(problem)", at: span,
      notes: span?.file == self.span.file
        ? [] : [Diagnostic.Note("it is declared here", at: self.span)])
  }

  private static func given(_ value: Double) -> Value { .number(Number(value, origin: .given)) }
}

/// `params:` of the front matter.
public struct ParameterList: SchemaValue {
  public var parameters: [Parameter] = []
  /// Whether there are parameters that could not be read.
  var isIncomplete = false

  public init() {}

  public static var typeName: String { "a mapping of parameter names to defaults" }
  public static var form: SchemaForm { .optional(.map(.anyOf([.text, LongForm.form]))) }
  /// So that an expression in one parameter takes nothing from the others.
  public static var isTemplate: Bool { true }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard case .mapping(let pairs) = node.content else {
      var list = Self()
      if !node.isNull {
        diagnostics.append(mismatch(node))
        list.isIncomplete = true
      }
      return list
    }
    var list = Self()
    list.isIncomplete = node.isIncomplete
    for pair in pairs {
      guard let name = pair.key.scalar, isName(name) else {
        diagnostics.append(
          Diagnostic(
            .invalidParameter, "'\(pair.key.scalar ?? "")' cannot be the name of a parameter",
            at: pair.key.span, help: "a name has letters, digits and _, and starts with a letter"))
        continue
      }
      if let parameter = parameter(name, pair.key.span, pair.value, &diagnostics) {
        list.parameters.append(parameter)
      } else {
        list.isIncomplete = true
      }
    }
    return list
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter, first.isASCII else { return false }
    return text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
  }

  private static func parameter(
    _ name: String, _ span: SourceSpan, _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> Parameter? {
    guard !node.isPending else {
      diagnostics.append(
        Diagnostic(
          .expressionSyntax, "the parameter '\(name)' cannot hold an expression", at: node.span))
      return nil
    }
    var long = LongForm()
    switch node.content {
    case .mapping:
      guard let decoded = LongForm.decode(node, called: "the parameter '\(name)'", &diagnostics)
      else { return nil }
      long = decoded
    case .scalar: long.defaultNode = RawScalar(node: node)
    case .sequence:
      diagnostics.append(
        Diagnostic(
          .wrongType, "expected a default value or a mapping, found a list", at: node.span))
      return nil
    }
    guard let scalar = long.defaultNode?.node, let text = scalar.scalar else { return nil }
    var parameter = Parameter(
      name: name, kind: long.kind ?? inferred(from: scalar), defaultValue: .text(text),
      help: long.help, minimum: long.minimum?.value, maximum: long.maximum?.value, choices: [],
      span: span)
    let before = diagnostics.count
    diagnostics += contradictions(parameter, long)
    // Each choice is a value of the parameter, and so is the default, which is one of them.
    for choice in long.choices { check(choice.value, parameter, at: choice.span, &diagnostics) }
    parameter.choices = long.choices.map(\.value)
    if diagnostics.count == before { check(text, parameter, at: scalar.span, &diagnostics) }
    guard diagnostics.count == before, let value = try? parameter.value(of: text, at: scalar.span)
    else { return nil }
    parameter.defaultValue = value
    return parameter
  }

  private static func check(
    _ text: String, _ parameter: Parameter, at span: SourceSpan?,
    _ diagnostics: inout [Diagnostic]
  ) {
    do throws(Diagnostic) { _ = try parameter.value(of: text, at: span) } catch {
      diagnostics.append(error)
    }
  }

  /// Bounds of what has none, and bounds that leave no value.
  private static func contradictions(_ parameter: Parameter, _ long: LongForm) -> [Diagnostic] {
    let bounds = [("min", long.minimum), ("max", long.maximum)]
    if parameter.kind == .string || parameter.kind == .bool {
      return bounds.compactMap { name, bound in
        bound.map {
          Diagnostic(
            .conflictingKeys,
            "'\(name)' has no meaning for a parameter of type "
              + parameter.kind.rawValue, at: $0.span)
        }
      }
    }
    guard let minimum = long.minimum, let maximum = long.maximum, minimum.value > maximum.value
    else { return [] }
    return [
      Diagnostic(
        .conflictingKeys, "'max' is below 'min', so that no value is left", at: maximum.span,
        notes: [Diagnostic.Note("'min' is given here", at: minimum.span)])
    ]
  }

  private static func inferred(from node: YAMLNode) -> Parameter.Kind {
    guard case .scalar(let text, false) = node.content else { return .string }
    if text == "true" || text == "false" { return .bool }
    if Int(text) != nil { return .int }
    return Double(text) != nil ? .number : .string
  }

  /// `stride: {default: 512, type: int, min: 1, help: …}`.
  private struct LongForm: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("default", \.defaultNode, help: "Value where none is given."),
        .optional("type", \.kind, help: "string, int, number or bool."),
        .optional("min", \.minimum, help: "Smallest value allowed."),
        .optional("max", \.maximum, help: "Largest value allowed."),
        .optional("choices", \.choices, help: "The values allowed."),
        .optional("help", \.help, help: "What the parameter does."),
      ]
    }

    var defaultNode: RawScalar?
    var kind: Parameter.Kind?
    var minimum: Spanned<Double>?
    var maximum: Spanned<Double>?
    var choices: [Spanned<String>] = []
    var help: String?
  }

  private struct RawScalar: SchemaValue {
    var node: YAMLNode

    static var typeName: String { "a single value" }
    static var form: SchemaForm { .text }

    static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      guard node.scalar != nil else {
        diagnostics.append(mismatch(node))
        return nil
      }
      return Self(node: node)
    }
  }
}
