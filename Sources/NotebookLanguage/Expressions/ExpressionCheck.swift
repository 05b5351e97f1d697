import Diagnostics

/// What is known of the names in expressions before anything has run.
struct KnownNames {
  /// What each name will hold, `params` among them.
  var shapes: [String: Shape]
  /// The parameters, whose values are known.
  var parameters: ExpressionScope
  /// Whether there may be more names than these, because a part of the notebook could not be read.
  var areIncomplete = false

  /// Whether every parameter could be read.
  var haveAllParameters: Bool { if case .open? = shapes["params"] { false } else { true } }
}

extension Expression {
  /// Mistakes that can be seen without running anything.
  func check(against names: KnownNames) -> [Diagnostic] {
    let unknown = unknownNames(names)
    guard unknown.isEmpty else { return unknown + mistakes(names) }
    // What depends on parameters alone has its value now.
    guard isConstant, names.haveAllParameters else { return mistakes(names) }
    do throws(Diagnostic) {
      _ = try value(in: names.parameters)
      return []
    } catch {
      return [error]
    }
  }

  /// The mistake of showing a whole set of results, which no reader could make anything of.
  func checkShown(against names: KnownNames) -> [Diagnostic] {
    guard case .path(let steps) = node, var shape = names.shapes[steps[0].name] else { return [] }
    for step in steps.dropFirst() {
      guard case .record(let fields, _, _) = shape,
        let field = fields.first(where: { $0.name == step.name })
      else { return [] }
      shape = field.shape
    }
    guard case .record(let fields, nil, _) = shape else { return [] }
    return [
      Diagnostic(
        .expressionType, "'\(span.text.trimmingSpace)' is a set of results: say which of them",
        at: span,
        help: "its fields: " + fields.prefix(12).map(\.name).joined(separator: ", ")
          + (fields.count > 12 ? ", …" : ""))
    ]
  }

  /// Whether its value is known without running anything.
  var isConstant: Bool { rootNames.allSatisfy { $0.name == "params" } }

  // MARK: - Names

  private func unknownNames(_ names: KnownNames) -> [Diagnostic] {
    switch node {
    case .number, .text, .bool: return []
    case .path(let steps): return check(steps, names)
    case .negate(let inner), .not(let inner): return inner.unknownNames(names)
    case .binary(_, let left, let right):
      return left.unknownNames(names) + right.unknownNames(names)
    case .conditional(let then, let condition, let otherwise):
      return [then, condition, otherwise].flatMap { $0.unknownNames(names) }
    case .filter(let call, let input):
      return input.unknownNames(names) + call.check()
        + call.arguments.flatMap { $0.unknownNames(names) }
    }
  }

  private func check(_ steps: [Step], _ names: KnownNames) -> [Diagnostic] {
    guard let root = names.shapes[steps[0].name] else {
      if names.areIncomplete { return [] }
      return [Self.unknownName(steps[0], among: Array(names.shapes.keys))]
    }
    var shape = root
    for (index, step) in steps.enumerated().dropFirst() {
      switch shape {
      case .open: return []
      case .leaf: return [Self.unknownField(step, after: steps[..<index], among: [])]
      case .record(let fields, _, let axis):
        guard let field = fields.first(where: { $0.name == step.name }) else {
          return [
            Self.unknownField(step, after: steps[..<index], among: fields.map(\.name), axis: axis)
          ]
        }
        shape = field.shape
      }
    }
    return []
  }

  // MARK: - Kinds

  /// Operations that do not fit what their operands are sure to be.
  private func mistakes(_ names: KnownNames) -> [Diagnostic] {
    switch node {
    case .number, .text, .bool, .path: return []
    case .negate(let inner): return inner.mistakes(names) + inner.wantsNumber(names)
    case .not(let inner): return inner.mistakes(names) + inner.wantsCondition(names)
    case .binary(let operation, let left, let right):
      let inner = left.mistakes(names) + right.mistakes(names)
      switch operation {
      case .and, .or: return inner + left.wantsCondition(names) + right.wantsCondition(names)
      case .equal, .notEqual, .add:
        let kinds = [left.kind(names), right.kind(names)]
        if !kinds.contains(nil), kinds[0] == kinds[1], kinds[0] == .text { return inner }
        if operation != .add, kinds[0] == .bool, kinds[1] == .bool { return inner }
        if kinds.contains(nil) { return inner }
        return inner + left.wantsNumber(names) + right.wantsNumber(names)
      default: return inner + left.wantsNumber(names) + right.wantsNumber(names)
      }
    case .conditional(let then, let condition, let otherwise):
      return then.mistakes(names) + condition.mistakes(names) + otherwise.mistakes(names)
        + condition.wantsCondition(names)
    case .filter(let call, let input):
      return input.mistakes(names) + call.arguments.flatMap { $0.mistakes(names) }
        + call.mistakes(names, input: input)
    }
  }

  private func wantsNumber(_ names: KnownNames) -> [Diagnostic] {
    guard let kind = kind(names), kind != .number else { return [] }
    return [noNumber(kind, fields: fields(names))]
  }

  private func wantsCondition(_ names: KnownNames) -> [Diagnostic] {
    guard let kind = kind(names), kind != .bool else { return [] }
    return [noCondition(kind)]
  }

  /// What the value is sure to be; nil where only a run can tell. A record that stands for a number is
  /// one.
  func kind(_ names: KnownNames) -> Value.Kind? {
    if isConstant { return (try? value(in: names.parameters))?.kind }
    switch node {
    case .number, .negate: return .number
    case .text: return .text
    case .bool, .not: return .bool
    case .filter: return .displayed
    case .path:
      guard case .record(_, let principal, _)? = shape(names) else { return nil }
      return principal == nil ? .record : .number
    case .binary(let operation, let left, let right):
      switch operation {
      case .add:
        let kinds = [left.kind(names), right.kind(names)]
        return kinds.contains(.text) ? .text : kinds.contains(.number) ? .number : nil
      case .subtract, .multiply, .divide: return .number
      default: return .bool
      }
    case .conditional(let then, _, let otherwise):
      let kind = then.kind(names)
      return kind == otherwise.kind(names) ? kind : nil
    }
  }

  private func shape(_ names: KnownNames) -> Shape? {
    guard case .path(let steps) = node else { return nil }
    return names.shapes[steps[0].name]?[path: steps.dropFirst().map(\.name).joined(separator: ".")]
  }

  fileprivate func fields(_ names: KnownNames) -> [String] {
    guard case .record(let fields, _, _)? = shape(names) else { return [] }
    return fields.map(\.name)
  }
}

extension Expression.FilterCall {
  fileprivate func mistakes(_ names: KnownNames, input: Expression) -> [Diagnostic] {
    guard let filter = Filter.named(name.name), arguments.count <= filter.parameters.count else {
      return []
    }
    var mistakes: [Diagnostic] = []
    for argument in arguments where argument.isConstant && names.haveAllParameters {
      do throws(Diagnostic) {
        switch filter.form {
        case .number: _ = try digits(from: argument, in: names.parameters)
        case .verdict: _ = try word(from: argument, in: names.parameters)
        }
      } catch {
        mistakes.append(error)
      }
    }
    if case .number = filter.form, let kind = input.kind(names), kind != .number {
      mistakes.append(noNumber(kind, at: input.span, fields: input.fields(names)))
    }
    return mistakes
  }
}
