import Diagnostics
import NotebookLanguage

/// The claims of an expect cell: at least one.
struct ClaimList: SchemaValue {
  var claims: [Claim] = []

  static var typeName: String { [Claim].typeName }
  static var form: SchemaForm { [Claim].form }
  var expressions: [Expression] { claims.expressions }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    // A claim that cannot be read hides nothing of the others.
    let nodes = if case .sequence(let nodes) = node.content { nodes } else { [node] }
    let claims = nodes.compactMap { Claim.decode($0, &diagnostics) }
    guard !nodes.isEmpty else {
      diagnostics.append(
        Diagnostic(.missingKey, "there is nothing to expect: the list is empty", at: node.span))
      return nil
    }
    return Self(claims: claims)
  }
}

/// One claim of an expect cell: a condition, or a figure that lies near another.
struct Claim: SchemaValue {
  var that: ExpressionText
  /// nil where `that` is a condition.
  var nearness: Nearness?
  var message: String?
  var span: SourceSpan?

  struct Nearness: Sendable {
    var figure: ExpressionText
    var tolerance: Tolerance
  }

  static var typeName: String { "a condition, or a mapping with that, near, within and message" }
  static var form: SchemaForm { .anyOf([.text, Written.form]) }
  var expressions: [Expression] {
    [that.expression] + (nearness.map { [$0.figure.expression] } ?? [])
  }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard node.isMapping else {
      return ExpressionText.decode(node, &diagnostics).map { Self(that: $0, span: node.span) }
    }
    guard let written = Written.decode(node, &diagnostics), let that = written.that else {
      return nil
    }
    var claim = Self(that: that, message: written.message, span: node.span)
    switch (written.near, written.within) {
    case (let near?, let within?):
      claim.nearness = Nearness(figure: near, tolerance: within)
    case (nil, nil): break
    case (.some, nil), (nil, .some):
      let (given, wanted) = written.near == nil ? ("within", "near") : ("near", "within")
      diagnostics.append(
        Diagnostic(.missingKey, "'\(given)' needs the key '\(wanted)'", at: node.span))
      return nil
    }
    return claim
  }

  private struct Written: SchemaRecord {
    static var keys: [SchemaKey<Self>] {
      [
        .required("that", \.that, help: "A condition, or a figure to compare."),
        .optional("near", \.near, help: "The figure that it should be near."),
        .optional("within", \.within, help: "How near: 2%, 0.5, or 3 errors."),
        .optional("message", \.message, help: "What to say if it does not hold."),
      ]
    }
    static var keyAliases: [String: String] { ["tolerance": "within", "expect": "that"] }

    var that: ExpressionText?
    var near: ExpressionText?
    var within: Tolerance?
    var message: String?
  }

  /// What can be seen before anything has run: a figure alone is no claim, and only figures are near each
  /// other.
  func problems(in scope: CheckScope) -> [Diagnostic] {
    guard let nearness else {
      let kind = scope.kind(of: that.expression)
      return kind == nil || kind == .bool ? [] : [noCondition]
    }
    return [that, nearness.figure].compactMap { figure in
      let kind = scope.kind(of: figure.expression)
      return kind == nil || kind == .number ? nil : Self.noNumber(figure.expression)
    }
  }

  private static func noNumber(_ expression: Expression) -> Diagnostic {
    Diagnostic(.expressionType, "a number is needed here", at: expression.span)
  }

  private var noCondition: Diagnostic {
    Diagnostic(
      .expressionType, "a condition is needed here, such as a < b", at: that.expression.span,
      help: "to compare figures, give 'near' and 'within'")
  }

  /// Whether the claim holds.
  ///
  /// - Throws: what is wrong with its expressions.
  func outcome(in scope: ExpressionScope) throws(Diagnostic) -> Expectations.Outcome {
    let value = try that.expression.value(in: scope)
    guard let nearness else {
      guard case .bool(let holds) = value else { throw noCondition }
      return Expectations.Outcome(
        claim: that.text, holds: holds, found: try sides(in: scope), wanted: "", message: message,
        span: span)
    }
    let wantedValue = try nearness.figure.expression.value(in: scope)
    guard let found = value.asNumber else { throw Self.noNumber(that.expression) }
    guard let wanted = wantedValue.asNumber else {
      throw Self.noNumber(nearness.figure.expression)
    }
    return Expectations.Outcome(
      claim: "\(that.text) near \(nearness.figure.text) within \(nearness.tolerance.text)",
      holds: nearness.tolerance.allows(found, wanted), found: DisplayedValue(value).text,
      wanted: "\(DisplayedValue(wantedValue).text) within \(nearness.tolerance.text)",
      message: message, span: span)
  }

  /// The two sides of a comparison as they are, such as `58.79 and 61.04`.
  private func sides(in scope: ExpressionScope) throws(Diagnostic) -> String {
    guard case .binary(_, let left, let right) = that.expression.node else { return "" }
    let values = [try left.value(in: scope), try right.value(in: scope)]
    guard values.allSatisfy({ $0.asNumber != nil }) else { return "" }
    return values.map { DisplayedValue($0).text }.joined(separator: " against ")
  }
}

/// How near a figure has to be: `2%` of the wanted one, `0.5` in its unit, or `3 errors`.
struct Tolerance: SchemaValue {
  enum Measure: Sendable { case share, absolute, errors }

  var amount: Double
  var measure: Measure
  var text: String

  static var typeName: String { "a tolerance such as 2%, 0.5 or 3 errors" }
  static var form: SchemaForm { .text }

  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    let text = node.scalar ?? ""
    var digits = Substring(text)
    var measure = Measure.absolute
    if digits.hasSuffix("%") {
      digits.removeLast()
      measure = .share
    } else if let suffix = [" errors", " error"].first(where: text.hasSuffix) {
      digits.removeLast(suffix.count)
      measure = .errors
    }
    while digits.last == " " { digits.removeLast() }
    guard let amount = Double(digits), amount >= 0, amount.isFinite else {
      diagnostics.append(mismatch(node))
      return nil
    }
    return Self(amount: measure == .share ? amount / 100 : amount, measure: measure, text: text)
  }

  /// Equal infinities are near; NaN is near nothing.
  func allows(_ found: Number, _ wanted: Number) -> Bool {
    if found.value == wanted.value { return true }
    let difference = (found.value - wanted.value).magnitude
    switch measure {
    case .absolute: return difference <= amount
    case .share: return difference <= amount * wanted.value.magnitude
    case .errors:
      let errors = [found.error, wanted.error].compactMap(\.self)
      guard !errors.isEmpty else { return false }
      return difference <= amount * errors.reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
  }
}
