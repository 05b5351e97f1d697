public import Diagnostics

/// The names that expressions can use, with their values.
public struct ExpressionScope: Sendable {
  public var values: [String: Value]

  public init(_ values: [String: Value] = [:]) { self.values = values }
}

extension Expression {
  /// The value of the expression. What is no finite number follows IEEE 754 and says its cause.
  public func value(in scope: ExpressionScope) throws(Diagnostic) -> Value {
    switch node {
    case .number(let value):
      let cause = value.isFinite ? nil : "\(span.text) is too large for a number"
      return .number(Number(value, cause: cause, origin: .given))
    case .text(let text): return .text(text)
    case .bool(let value): return .bool(value)
    case .path(let steps): return try resolve(steps, in: scope)
    case .negate(let inner):
      var number = try inner.number(in: scope)
      number.value = -number.value
      number.influence = number.influence?.scaled(by: -1)
      return .number(number)
    case .not(let inner): return .bool(!(try inner.bool(in: scope)))
    case .binary(let operation, let left, let right):
      return try combine(operation, left, right, in: scope)
    case .conditional(let then, let condition, let otherwise):
      return try condition.bool(in: scope) ? then.value(in: scope) : otherwise.value(in: scope)
    case .filter(let call, let input):
      return .displayed(try call.apply(to: input.value(in: scope), at: span, in: scope))
    }
  }

  private func resolve(_ steps: [Step], in scope: ExpressionScope) throws(Diagnostic) -> Value {
    guard var value = scope.values[steps[0].name] else {
      throw Self.unknownName(steps[0], among: Array(scope.values.keys))
    }
    for (index, step) in steps.enumerated().dropFirst() {
      guard case .record(let record) = value, let next = record[step.name] else {
        guard case .record(let record) = value else {
          throw Self.unknownField(step, after: steps[..<index], among: [])
        }
        throw Self.unknownField(
          step, after: steps[..<index], among: record.names, axis: record.axis)
      }
      value = next
    }
    return value
  }

  static func unknownName(_ step: Step, among known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownName, "nothing is named '\(step.name)'", at: step.span,
      help: Diagnostic.suggestion(for: step.name, among: known.sorted()))
  }

  static func unknownField(
    _ step: Step, after path: ArraySlice<Step>, among known: [String], axis: String? = nil
  ) -> Diagnostic {
    let owner = FieldPath.text(of: path.map(\.name))
    if let axis {
      // What is near no value was hardly meant as one, but as a field of each.
      let isNear = !nearestNames(to: step.name, among: known).isEmpty
      let example = FieldPath.text(of: path.map(\.name) + known.prefix(1))
      return Diagnostic(
        .unknownField, "'\(owner)' ranges over '\(axis)', which has no value '\(step.name)'",
        at: step.span,
        help: (isNear ? "" : "say which, as in \(example); ")
          + (Diagnostic.suggestion(for: step.name, among: known) ?? ""))
    }
    return Diagnostic(
      .unknownField, "'\(owner)' has no field '\(step.name)'", at: step.span,
      help: known.isEmpty
        ? owner == "params" ? "the notebook declares no parameters" : "'\(owner)' is a single value"
        : Diagnostic.suggestion(for: step.name, among: known))
  }

  private func combine(
    _ operation: Operator, _ left: Expression, _ right: Expression, in scope: ExpressionScope
  ) throws(Diagnostic) -> Value {
    switch operation {
    case .and:
      guard try left.bool(in: scope) else { return .bool(false) }
      return .bool(try right.bool(in: scope))
    case .or:
      guard try !left.bool(in: scope) else { return .bool(true) }
      return .bool(try right.bool(in: scope))
    case .equal: return .bool(try left.equals(right, in: scope))
    case .notEqual: return .bool(!(try left.equals(right, in: scope)))
    default: break
    }
    // Each operand is computed once: twice at every level would double the work with each term.
    let first = try left.value(in: scope)
    let second = try right.value(in: scope)
    if operation == .add, case .text(let a) = first, case .text(let b) = second {
      return .text(a + b)
    }
    let a = try left.number(of: first)
    let b = try right.number(of: second)
    switch operation {
    case .less: return .bool(a.value < b.value)
    case .lessOrEqual: return .bool(a.value <= b.value)
    case .greater: return .bool(a.value > b.value)
    case .greaterOrEqual: return .bool(a.value >= b.value)
    default: break
    }
    guard let unit = operation.unit(of: a.unit, b.unit) else {
      throw unitMistake(operation, a.unit, b.unit)
    }
    switch operation {
    case .add: return derived(a.value + b.value, unit: unit, from: a, b, slopes: (1, 1))
    case .subtract: return derived(a.value - b.value, unit: unit, from: a, b, slopes: (1, -1))
    case .multiply:
      return derived(a.value * b.value, unit: unit, from: a, b, slopes: (b.value, a.value))
    case .divide:
      return derived(
        a.value / b.value, unit: unit, from: a, b,
        slopes: (1 / b.value, -a.value / (b.value * b.value)))
    default: return .bool(false)
    }
  }

  /// Why `value`, computed from `a` and `b`, is no finite number.
  private func cause(of value: Double, _ a: Number, _ b: Number) -> String? {
    if value.isFinite { return nil }
    if let cause = a.cause ?? b.cause { return cause }
    guard a.value.isFinite, b.value.isFinite else { return nil }
    if case .binary(.divide, _, _) = node, b.value == 0 { return "division by zero" }
    return "too large for a number"
  }

  private func derived(
    _ value: Double, unit: Unit, from a: Number, _ b: Number, slopes: (a: Double, b: Double)
  ) -> Value {
    let origin: DisplayedValue.Origin =
      a.origin == .given && b.origin == .given
      ? .given : a.origin == .published || b.origin == .published ? .published : .derived
    var number = Number(
      value, unit: unit, cause: cause(of: value, a, b), origin: origin,
      note: origin == .given ? nil : "computed as \(span.text)")
    number.carryError(of: a, b, slopes: slopes)
    return .number(number)
  }

  private func equals(_ other: Expression, in scope: ExpressionScope) throws(Diagnostic) -> Bool {
    let left = try value(in: scope)
    let right = try other.value(in: scope)
    switch (left, right) {
    case (.text(let a), .text(let b)): return a == b
    case (.bool(let a), .bool(let b)): return a == b
    default: return try number(of: left).value == other.number(of: right).value
    }
  }

  func number(in scope: ExpressionScope) throws(Diagnostic) -> Number {
    try number(of: value(in: scope))
  }

  /// The number that the expression's value stands for.
  private func number(of value: Value) throws(Diagnostic) -> Number {
    guard let number = value.asNumber else {
      var fields: [String] = []
      if case .record(let record) = value { fields = record.names }
      throw noNumber(value.kind, fields: fields)
    }
    return number
  }

  func noNumber(_ kind: Value.Kind, fields: [String]) -> Diagnostic {
    var help: String?
    if !fields.isEmpty { help = "name one of its fields: " + fields.joined(separator: ", ") }
    if kind == .displayed { help = "compute first, then format: filters come last" }
    return Diagnostic(
      .expressionType, "a number is needed here, but this is \(kind.rawValue)", at: span, help: help
    )
  }

  func unitMistake(_ operation: Operator, _ a: Unit, _ b: Unit) -> Diagnostic {
    let message =
      switch operation {
      case .multiply: "\(a.rawValue) cannot be multiplied by \(b.rawValue)"
      case .divide:
        "\(a == .none ? "a plain number" : a.rawValue) cannot be divided by \(b.rawValue)"
      default: "\(a.rawValue) and \(b.rawValue) cannot be added"
      }
    return Diagnostic(.expressionType, message, at: span)
  }

  func noCondition(_ kind: Value.Kind) -> Diagnostic {
    Diagnostic(
      .expressionType, "a condition is needed here, but this is \(kind.rawValue)", at: span)
  }

  func bool(in scope: ExpressionScope) throws(Diagnostic) -> Bool {
    let value = try value(in: scope)
    guard case .bool(let bool) = value else { throw noCondition(value.kind) }
    return bool
  }
}

extension Expression.Operator {
  /// The unit of what comes of two numbers; nil where their units do not go together.
  func unit(of a: Unit, _ b: Unit) -> Unit? {
    switch self {
    case .add, .subtract: a == b || b == .none ? a : a == .none ? b : nil
    case .multiply: b == .none ? a : a == .none ? b : nil
    case .divide: b == .none ? a : a == b ? Unit.none : nil
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or: Unit.none
    }
  }
}
