public import Diagnostics

/// `params:` of the front matter.
public struct ParameterList: SchemaValue {
  public var parameters: [Parameter] = []
  /// Whether there are parameters that could not be read.
  var isIncomplete = false

  public init() {}

  public static var typeName: String { "a mapping of parameter names to defaults" }
  public static var form: SchemaForm {
    .optional(.map(.anyOf([.text, .list(.text), LongForm.form])))
  }
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
    case .scalar, .sequence:
      guard let value = DefaultValue.decode(node, &diagnostics) else { return nil }
      long.defaultValue = value
    }
    guard let value = long.defaultValue else { return nil }
    var parameter = Parameter(
      name: name, kind: long.kind ?? inferred(from: value.entries), isList: value.isList,
      defaultValue: .list([]), help: long.help, minimum: long.minimum?.value,
      maximum: long.maximum?.value, choices: [], span: span)
    let before = diagnostics.count
    diagnostics += contradictions(parameter, long)
    // Each choice is a value of the parameter, and so is the default, which is one of them.
    for choice in long.choices { check(choice.value, parameter, at: choice.span, &diagnostics) }
    parameter.choices = long.choices.map(\.value)
    guard diagnostics.count == before else { return nil }
    for entry in value.entries {
      check(entry.scalar ?? "", parameter, at: entry.span, &diagnostics)
    }
    let texts = value.entries.compactMap(\.scalar)
    guard diagnostics.count == before else { return nil }
    do throws(Diagnostic) {
      parameter.defaultValue =
        value.isList
        ? try parameter.value(of: texts, at: value.span)
        : try parameter.value(of: texts.first ?? "", at: value.span)
    } catch {
      diagnostics.append(error)
      return nil
    }
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

  /// The narrowest type that all have: entries of a list may be whole numbers and others.
  private static func inferred(from nodes: [YAMLNode]) -> Parameter.Kind {
    let kinds = Set(nodes.map(inferred))
    if kinds.count == 1, let kind = kinds.first { return kind }
    return kinds == [.int, .number] ? .number : .string
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
        .required(
          "default", \.defaultValue, help: "Value where none is given; a list for a sweep."),
        .optional("type", \.kind, help: "string, int, number or bool, of each entry of a list."),
        .optional("min", \.minimum, help: "Smallest value allowed."),
        .optional("max", \.maximum, help: "Largest value allowed."),
        .optional("choices", \.choices, help: "The values allowed."),
        .optional("help", \.help, help: "What the parameter does."),
      ]
    }

    var defaultValue: DefaultValue?
    var kind: Parameter.Kind?
    var minimum: Spanned<Double>?
    var maximum: Spanned<Double>?
    var choices: [Spanned<String>] = []
    var help: String?
  }

  /// A single value, or a list of them.
  private struct DefaultValue: SchemaValue {
    var entries: [YAMLNode]
    var isList: Bool
    var span: SourceSpan

    static var typeName: String { "a single value, or a list of them" }
    static var form: SchemaForm { .anyOf([.text, .list(.text)]) }

    static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
      switch node.content {
      case .scalar: return Self(entries: [node], isList: false, span: node.span)
      case .sequence(let nodes):
        let wrong = nodes.filter { $0.scalar == nil || $0.isNull }
        diagnostics += wrong.map { entry in
          Diagnostic(
            .wrongType,
            "an entry of a list is a single value, not \(entry.isNull ? "nothing" : entry.kind)",
            at: entry.span)
        }
        return wrong.isEmpty ? Self(entries: nodes, isList: true, span: node.span) : nil
      case .mapping:
        diagnostics.append(mismatch(node))
        return nil
      }
    }
  }
}
