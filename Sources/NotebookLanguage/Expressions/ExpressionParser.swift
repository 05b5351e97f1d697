public import Diagnostics
import InputLimits

/// Reads expressions, by precedence: filters, `if … else`, `or`, `and`, `not`, comparisons, sums,
/// products, signs.
public struct ExpressionParser {
  private var tokens: [ExpressionToken]
  private var index = 0
  private var depth = 0
  private let deepest = Limit.expressionDepth.value

  /// The expression that fills `span`, the text between `{{` and `}}`.
  public static func parse(_ span: SourceSpan) throws(Diagnostic) -> Expression {
    try parse(ExpressionSource(span))
  }

  public static func parse(_ source: ExpressionSource) throws(Diagnostic) -> Expression {
    var parser = Self(tokens: try ExpressionLexer.tokens(in: source))
    guard parser.current.kind != .end else {
      throw Diagnostic(
        .expressionSyntax, "this expression is empty", at: source.span(source.range))
    }
    let expression = try parser.filtered()
    try parser.expectEnd()
    return expression
  }

  /// A filter call alone, such as `ms(2)`: the form of a table's `format:`.
  public static func parseFilter(
    _ source: ExpressionSource
  ) throws(Diagnostic) -> Expression.FilterCall {
    var parser = Self(tokens: try ExpressionLexer.tokens(in: source))
    let call = try parser.filterCall()
    try parser.expectEnd()
    return call
  }

  private init(tokens: [ExpressionToken]) { self.tokens = tokens }

  private var current: ExpressionToken { tokens[index] }

  private mutating func advance() { if index < tokens.count - 1 { index += 1 } }

  private mutating func accept(symbol: String) -> Bool {
    guard current.kind == .symbol(symbol) else { return false }
    advance()
    return true
  }

  private mutating func accept(anyOf operators: [Expression.Operator]) -> Expression.Operator? {
    operators.first { accept(symbol: $0.rawValue) }
  }

  private mutating func accept(word: String) -> Bool {
    guard current.kind == .name(word) else { return false }
    advance()
    return true
  }

  private func unexpected(_ wanted: String) -> Diagnostic {
    let found = current.kind == .end ? "the end" : "'\(current.span.text)'"
    return Diagnostic(
      .expressionSyntax, "expected \(wanted), found \(found)", at: current.span)
  }

  private mutating func expectEnd() throws(Diagnostic) {
    guard current.kind == .end else {
      var mistake = unexpected("an operator, a filter or the end")
      if case .number = current.kind, current.span.text.hasPrefix(".") {
        mistake.help = "a value of a sweep stands in brackets: [\(current.span.text.dropFirst())]"
      }
      throw mistake
    }
  }

  private func joined(_ left: Expression, _ right: Expression) -> SourceSpan {
    SourceSpan(
      file: left.span.file, range: left.span.range.lowerBound..<right.span.range.upperBound)
  }

  /// One level deeper; whoever calls it comes up again.
  private mutating func descend() throws(Diagnostic) {
    depth += 1
    guard depth <= deepest else {
      throw Diagnostic(
        .tooComplex, "this expression nests more than \(deepest) levels deep", at: current.span,
        help: Limit.expressionDepth.cure)
    }
  }

  private mutating func filtered() throws(Diagnostic) -> Expression {
    try descend()
    defer { depth -= 1 }
    var expression = try conditional()
    while accept(symbol: "|") {
      let start = expression.span.range.lowerBound
      let call = try filterCall()
      let end = tokens[index - 1].span.range.upperBound
      expression = Expression(
        node: .filter(call, input: expression),
        span: SourceSpan(file: expression.span.file, range: start..<max(start, end)))
    }
    return expression
  }

  private mutating func filterCall() throws(Diagnostic) -> Expression.FilterCall {
    guard case .name(let name) = current.kind else { throw unexpected("the name of a filter") }
    let step = Expression.Step(name: name, span: current.span)
    advance()
    var arguments: [Expression] = []
    if accept(symbol: "("), !accept(symbol: ")") {
      repeat { arguments.append(try filtered()) } while accept(symbol: ",")
      guard accept(symbol: ")") else { throw unexpected("')'") }
    }
    return Expression.FilterCall(name: step, arguments: arguments)
  }

  private mutating func conditional() throws(Diagnostic) -> Expression {
    let then = try or()
    guard accept(word: "if") else { return then }
    let condition = try or()
    guard accept(word: "else") else { throw unexpected("'else'") }
    try descend()
    defer { depth -= 1 }
    let otherwise = try conditional()
    return Expression(
      node: .conditional(then: then, condition: condition, otherwise: otherwise),
      span: joined(then, otherwise))
  }

  private mutating func or() throws(Diagnostic) -> Expression {
    var left = try and()
    while accept(word: "or") {
      let right = try and()
      left = Expression(node: .binary(.or, left, right), span: joined(left, right))
    }
    return left
  }

  private mutating func and() throws(Diagnostic) -> Expression {
    var left = try not()
    while accept(word: "and") {
      let right = try not()
      left = Expression(node: .binary(.and, left, right), span: joined(left, right))
    }
    return left
  }

  private mutating func not() throws(Diagnostic) -> Expression {
    var negations: [SourceSpan] = []
    while current.kind == .name("not") {
      negations.append(current.span)
      advance()
    }
    var expression = try comparison()
    for span in negations.reversed() {
      expression = Expression(
        node: .not(expression),
        span: SourceSpan(
          file: span.file, range: span.range.lowerBound..<expression.span.range.upperBound))
    }
    return expression
  }

  private mutating func comparison() throws(Diagnostic) -> Expression {
    let left = try sum()
    let comparisons: [Expression.Operator] = [
      .equal, .notEqual, .lessOrEqual, .greaterOrEqual, .less, .greater,
    ]
    guard let comparison = accept(anyOf: comparisons) else { return left }
    let right = try sum()
    return Expression(node: .binary(comparison, left, right), span: joined(left, right))
  }

  private mutating func sum() throws(Diagnostic) -> Expression {
    var left = try product()
    while let operation = accept(anyOf: [.add, .subtract]) {
      let right = try product()
      left = Expression(node: .binary(operation, left, right), span: joined(left, right))
    }
    return left
  }

  private mutating func product() throws(Diagnostic) -> Expression {
    var left = try signed()
    while let operation = accept(anyOf: [.multiply, .divide]) {
      let right = try signed()
      left = Expression(node: .binary(operation, left, right), span: joined(left, right))
    }
    return left
  }

  private mutating func signed() throws(Diagnostic) -> Expression {
    let span = current.span
    guard accept(symbol: "-") else { return try primary() }
    let inner = try primary()
    return Expression(
      node: .negate(inner),
      span: SourceSpan(file: span.file, range: span.range.lowerBound..<inner.span.range.upperBound))
  }

  private mutating func primary() throws(Diagnostic) -> Expression {
    let token = current
    switch token.kind {
    case .number(let value):
      advance()
      return Expression(node: .number(value), span: token.span)
    case .string(let text):
      advance()
      return Expression(node: .text(text), span: token.span)
    case .name(let word) where word == "true" || word == "false":
      advance()
      return Expression(node: .bool(word == "true"), span: token.span)
    case .name(let word) where !["and", "or", "not", "if", "else"].contains(word):
      return try path()
    case .symbol("("):
      advance()
      var inner = try filtered()
      let end = current.span
      guard accept(symbol: ")") else { throw unexpected("')'") }
      inner.span = SourceSpan(
        file: token.span.file, range: token.span.range.lowerBound..<end.range.upperBound)
      return inner
    default:
      throw unexpected("a value")
    }
  }

  /// The rest of a label such as `text-b`, where nothing but hyphens parts it from the name that is
  /// current; the last part of it is current then.
  private mutating func hyphenated() -> String {
    var rest = ""
    while index + 2 < tokens.count, tokens[index + 1].kind == .symbol("-"),
      tokens[index].isBeside(tokens[index + 1]), tokens[index + 1].isBeside(tokens[index + 2]),
      case .name(let part) = tokens[index + 2].kind
    {
      rest += "-" + part
      index += 2
    }
    return rest
  }

  /// What stands between brackets: values of a sweep's axes, as `64` or `nf4, 64`.
  private mutating func addresses() throws(Diagnostic) -> [Expression.Step] {
    var steps: [Expression.Step] = []
    repeat {
      let start = current.span
      let isNegative = accept(symbol: "-")
      let name: String
      switch current.kind {
      case .number(let value): name = SchemaForm.address(of: isNegative ? -value : value)
      case .name(let word) where !isNegative: name = word + hyphenated()
      case .string(let text) where !isNegative: name = text
      default: throw unexpected("a value that the sweep ranges over, such as 64 or nf4")
      }
      let range = start.range.lowerBound..<current.span.range.upperBound
      steps.append(Expression.Step(name: name, span: SourceSpan(file: start.file, range: range)))
      advance()
    } while accept(symbol: ",")
    guard accept(symbol: "]") else {
      var mistake = unexpected("']'")
      mistake.help = "an address is written out, as in sizes[64]: nothing in it is computed"
      throw mistake
    }
    return steps
  }

  private mutating func path() throws(Diagnostic) -> Expression {
    var steps: [Expression.Step] = []
    repeat {
      guard case .name(let name) = current.kind else { throw unexpected("the name of a field") }
      steps.append(Expression.Step(name: name, span: current.span))
      advance()
      while accept(symbol: "[") { steps += try addresses() }
    } while accept(symbol: ".")
    let start = steps[0].span
    let end = tokens[index - 1].span.range.upperBound
    return Expression(
      node: .path(steps), span: SourceSpan(file: start.file, range: start.range.lowerBound..<end))
  }
}

extension ExpressionToken {
  fileprivate func isBeside(_ next: Self) -> Bool {
    span.range.upperBound == next.span.range.lowerBound
  }
}
