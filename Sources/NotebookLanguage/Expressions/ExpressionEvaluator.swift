public import Diagnostics

/// The names that expressions can use, with their values.
public struct ExpressionScope: Sendable {
  public var values: [String: Value]

  public init(_ values: [String: Value] = [:]) { self.values = values }
}

extension Expression {
  /// The value of the expression. Sums and quotients of non-finite numbers follow IEEE 754.
  public func value(in scope: ExpressionScope) throws(Diagnostic) -> Value {
    switch node {
    case .number(let value): return .number(Number(value, origin: .given))
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

  /// Mistakes that can be seen without computing: unknown names, fields and filters.
  ///
  /// - Parameter shapes: what each name will hold.
  public func check(against shapes: [String: Shape]) -> [Diagnostic] {
    switch node {
    case .number, .text, .bool: return []
    case .path(let steps): return check(steps, against: shapes)
    case .negate(let inner), .not(let inner): return inner.check(against: shapes)
    case .binary(_, let left, let right):
      return left.check(against: shapes) + right.check(against: shapes)
    case .conditional(let then, let condition, let otherwise):
      return [then, condition, otherwise].flatMap { $0.check(against: shapes) }
    case .filter(let call, let input):
      return input.check(against: shapes) + call.check()
        + call.arguments.flatMap { $0.check(against: shapes) }
    }
  }

  private func check(_ steps: [Step], against shapes: [String: Shape]) -> [Diagnostic] {
    guard let root = shapes[steps[0].name] else {
      return [Self.unknownName(steps[0], among: Array(shapes.keys))]
    }
    var shape = root
    for (index, step) in steps.enumerated().dropFirst() {
      switch shape {
      case .open: return []
      case .leaf: return [Self.unknownField(step, after: steps[..<index], among: [])]
      case .record(let fields, _):
        guard let field = fields.first(where: { $0.name == step.name }) else {
          return [Self.unknownField(step, after: steps[..<index], among: fields.map(\.name))]
        }
        shape = field.shape
      }
    }
    return []
  }

  private func resolve(_ steps: [Step], in scope: ExpressionScope) throws(Diagnostic) -> Value {
    guard var value = scope.values[steps[0].name] else {
      throw Self.unknownName(steps[0], among: Array(scope.values.keys))
    }
    for (index, step) in steps.enumerated().dropFirst() {
      guard case .record(let record) = value, let next = record[step.name] else {
        var names: [String] = []
        if case .record(let record) = value { names = record.names }
        throw Self.unknownField(step, after: steps[..<index], among: names)
      }
      value = next
    }
    return value
  }

  private static func unknownName(_ step: Step, among known: [String]) -> Diagnostic {
    Diagnostic(
      .unknownName, "nothing is named '\(step.name)'", at: step.span,
      help: Diagnostic.suggestion(for: step.name, among: known.sorted()))
  }

  private static func unknownField(
    _ step: Step, after path: ArraySlice<Step>, among known: [String]
  ) -> Diagnostic {
    let owner = path.map(\.name).joined(separator: ".")
    return Diagnostic(
      .unknownField, "'\(owner)' has no field '\(step.name)'", at: step.span,
      help: known.isEmpty
        ? "'\(owner)' is a single value" : Diagnostic.suggestion(for: step.name, among: known))
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
    case .add, .subtract:
      guard a.unit == b.unit || a.unit == .none || b.unit == .none else {
        throw Diagnostic(
          .expressionType, "\(a.unit.rawValue) and \(b.unit.rawValue) cannot be added", at: span)
      }
      let value = operation == .add ? a.value + b.value : a.value - b.value
      return derived(
        value, unit: a.unit == .none ? b.unit : a.unit, from: a, b,
        slopes: (1, operation == .add ? 1 : -1))
    case .multiply:
      guard a.unit == .none || b.unit == .none else {
        throw Diagnostic(
          .expressionType, "\(a.unit.rawValue) cannot be multiplied by \(b.unit.rawValue)",
          at: span)
      }
      return derived(
        a.value * b.value, unit: a.unit == .none ? b.unit : a.unit, from: a, b,
        slopes: (b.value, a.value))
    case .divide:
      guard b.unit == .none || a.unit == b.unit else {
        throw Diagnostic(
          .expressionType,
          "\(a.unit == .none ? "a plain number" : a.unit.rawValue) cannot be divided by "
            + b.unit.rawValue, at: span)
      }
      guard b.value != 0 else {
        throw Diagnostic(.expressionType, "division by zero", at: right.span)
      }
      return derived(
        a.value / b.value, unit: b.unit == .none ? a.unit : .none, from: a, b,
        slopes: (1 / b.value, -a.value / (b.value * b.value)))
    default: return .bool(false)
    }
  }

  private func derived(
    _ value: Double, unit: Unit, from a: Number, _ b: Number, slopes: (a: Double, b: Double)
  ) -> Value {
    let origin: DisplayedValue.Origin =
      a.origin == .given && b.origin == .given
      ? .given : a.origin == .published || b.origin == .published ? .published : .derived
    var number = Number(
      value, unit: unit, cause: value.isFinite ? nil : a.cause ?? b.cause, origin: origin,
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
      throw Diagnostic(
        .expressionType, "a number is needed here, but this is \(value.kind)", at: span,
        help: help(for: value))
    }
    return number
  }

  private func help(for value: Value) -> String? {
    switch value {
    case .record(let record): "name one of its fields: " + record.names.joined(separator: ", ")
    case .displayed: "compute first, then format: filters come last"
    default: nil
    }
  }

  private func bool(in scope: ExpressionScope) throws(Diagnostic) -> Bool {
    let value = try value(in: scope)
    guard case .bool(let bool) = value else {
      throw Diagnostic(
        .expressionType, "a condition is needed here, but this is \(value.kind)", at: span)
    }
    return bool
  }
}
