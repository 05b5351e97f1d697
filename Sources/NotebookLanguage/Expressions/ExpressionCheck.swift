import Diagnostics
import Markdown

/// What is known of the names in expressions before anything has run.
struct KnownNames: Sendable {
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
    guard unknown.isEmpty else { return unknown + examination(names).mistakes }
    // What depends on parameters alone has its value now.
    guard isConstant, names.haveAllParameters else { return examination(names).mistakes }
    do throws(Diagnostic) {
      _ = try value(in: names.parameters)
      return []
    } catch {
      return [error]
    }
  }

  /// The mistake of showing a whole set of results, which no reader could make anything of.
  func checkShown(against names: KnownNames) -> [Diagnostic] {
    guard case .record(let fields, nil, _)? = shape(names) else { return [] }
    return [
      Diagnostic(
        .expressionType, "'\(span.text.trimmingSpace)' is a set of results: say which of them",
        at: span,
        help: "its fields: " + fields.prefix(12).map(\.name).joined(separator: ", ")
          + (fields.count > 12 ? ", …" : ""))
    ]
  }

  /// Whether its value is known without running anything.
  public var isConstant: Bool { rootNames.allSatisfy { $0.name == "params" } }

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

  /// What the expression is sure to give, and the operations in it that do not fit their operands.
  private struct Examination {
    /// nil where only a run can tell. A record that stands for a number is one.
    var kind: Value.Kind?
    /// Of a number; nil where only a run can tell.
    var unit: Unit?
    /// Of the value, where the expression is a path.
    var shape: Shape?
    /// Whether a number surely has no error.
    var isExact = false
    var mistakes: [Diagnostic] = []
  }

  /// What the value is sure to be; nil where only a run can tell.
  func kind(_ names: KnownNames) -> Value.Kind? { examination(names).kind }

  /// Each part is looked at once: twice at every level would double the work with each term.
  private func examination(_ names: KnownNames) -> Examination {
    switch node {
    case .number: return Examination(kind: .number, unit: Unit.none, isExact: true)
    case .text: return Examination(kind: .text)
    case .bool: return Examination(kind: .bool)
    case .path:
      let shape = shape(names)
      return Examination(
        kind: shape?.kind, unit: shape?.unit, shape: shape, isExact: shape?.canBeJudged == false)
    case .negate(let inner):
      let found = inner.examination(names)
      return Examination(
        kind: .number, unit: found.unit, isExact: found.isExact,
        mistakes: found.mistakes + inner.wantsNumber(found))
    case .not(let inner):
      let found = inner.examination(names)
      return Examination(kind: .bool, mistakes: found.mistakes + inner.wantsCondition(found))
    case .binary(let operation, let left, let right): return examine(operation, left, right, names)
    case .conditional(let then, let condition, let otherwise):
      let parts = [then, condition, otherwise].map { $0.examination(names) }
      return Examination(
        kind: parts[0].kind == parts[2].kind ? parts[0].kind : nil,
        unit: parts[0].unit == parts[2].unit ? parts[0].unit : nil,
        isExact: parts[0].isExact && parts[2].isExact,
        mistakes: parts.flatMap(\.mistakes) + condition.wantsCondition(parts[1]))
    case .filter(let call, let input):
      let found = input.examination(names)
      let wrong = found.kind.flatMap {
        call.mistake(appliedTo: $0, found.shape, isExact: found.isExact, at: input.span)
      }
      return Examination(
        kind: .displayed,
        mistakes: found.mistakes + call.arguments.flatMap { $0.examination(names).mistakes }
          + call.mistakesOfArguments(names) + (wrong.map { [$0] } ?? []))
    }
  }

  private func examine(
    _ operation: Operator, _ left: Expression, _ right: Expression, _ names: KnownNames
  ) -> Examination {
    let (a, b) = (left.examination(names), right.examination(names))
    var mistakes = a.mistakes
    mistakes += b.mistakes
    switch operation {
    case .and, .or:
      mistakes += left.wantsCondition(a) + right.wantsCondition(b)
      return Examination(kind: .bool, mistakes: mistakes)
    case .equal, .notEqual, .add:
      let kinds = [a.kind, b.kind]
      let areTexts = kinds == [.text, .text]
      let areEqual = areTexts || (kinds == [.bool, .bool] && operation != .add)
      if !areEqual, !kinds.contains(nil) {
        mistakes += left.wantsNumber(a) + right.wantsNumber(b)
      }
      if operation != .add { return Examination(kind: .bool, mistakes: mistakes) }
      // Of a text and something unknown, only another text can make a sum.
      if kinds.contains(.text) { return Examination(kind: .text, mistakes: mistakes) }
    default: mistakes += left.wantsNumber(a) + right.wantsNumber(b)
    }
    var unit: Unit?
    if let first = a.unit, let second = b.unit {
      unit = operation.unit(of: first, second)
      if unit == nil { mistakes.append(unitMistake(operation, first, second)) }
    }
    switch operation {
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      return Examination(kind: .bool, mistakes: mistakes)
    case .add where a.kind == nil && b.kind == nil: return Examination(mistakes: mistakes)
    default:
      return Examination(
        kind: .number, unit: unit, isExact: a.isExact && b.isExact, mistakes: mistakes)
    }
  }

  private func wantsNumber(_ found: Examination) -> [Diagnostic] {
    guard let kind = found.kind, kind != .number else { return [] }
    return [noNumber(kind, fields: found.shape?.fieldNames ?? [])]
  }

  private func wantsCondition(_ found: Examination) -> [Diagnostic] {
    guard let kind = found.kind, kind != .bool else { return [] }
    return [noCondition(kind)]
  }

  private func shape(_ names: KnownNames) -> Shape? {
    guard case .path(let steps) = node, var shape = names.shapes[steps[0].name] else { return nil }
    for step in steps.dropFirst() {
      if case .open = shape { return .open }
      guard let next = shape[step.name] else { return nil }
      shape = next
    }
    return shape
  }
}

extension Expression.FilterCall {
  /// What is wrong with the arguments, as far as it can be seen without running anything.
  func mistakesOfArguments(_ names: KnownNames) -> [Diagnostic] {
    guard let filter = Filter.named(name.name), arguments.count <= filter.parameters.count else {
      return []
    }
    var mistakes: [Diagnostic] = []
    for argument in arguments {
      do throws(Diagnostic) {
        switch (filter.form, argument.isConstant && names.haveAllParameters) {
        case (.number, true): _ = try digits(from: argument, in: names.parameters)
        case (.verdict, true): _ = try word(from: argument, in: names.parameters)
        case (.number, false):
          if let kind = argument.kind(names), kind != .number {
            throw argument.noNumber(kind, fields: [])
          }
        case (.verdict, false):
          if let kind = argument.kind(names), kind != .text { throw noWord(argument) }
        }
      } catch {
        mistakes.append(error)
      }
    }
    return mistakes
  }

  /// That the filter does not fit what it is applied to.
  ///
  /// - Parameters:
  ///   - shape: of the value, where it is known.
  ///   - isExact: whether the value surely has neither an error nor an interval.
  func mistake(
    appliedTo kind: Value.Kind, _ shape: Shape?, isExact: Bool, at span: SourceSpan?
  ) -> Diagnostic? {
    switch Filter.named(name.name)?.form {
    case .number?:
      return kind == .number
        ? nil : noNumber(kind, at: span, fields: shape?.fieldNames ?? [])
    case .verdict?:
      return isExact || kind != .number && kind != .record ? noInterval(kind, at: span) : nil
    case nil: return nil
    }
  }
}
