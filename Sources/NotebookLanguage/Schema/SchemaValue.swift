public import Diagnostics

/// A type that a key of a cell, of the front matter or of a `#|` line can have.
public protocol SchemaValue: Sendable {
  /// What is wanted, for messages and help: `a whole number`.
  static var typeName: String { get }
  /// All permitted texts, where they are few; else empty.
  static var choices: [String] { get }
  /// What values look like, for help and JSON Schema.
  static var form: SchemaForm { get }
  /// Whether the value may hold expressions that are filled in when the report is shown.
  static var isTemplate: Bool { get }
  /// The value, or nil after adding what is wrong with it to `diagnostics`.
  static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self?
  /// As much of the value as can be read, and the paths in it of what cannot be: `""` for all of it. What is
  /// wrong is added to `diagnostics`.
  static func read(
    _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> (value: Self?, unread: Set<String>)
  /// The value as a notebook writes it, for the documentation of defaults; nil where nothing is
  /// written: no label, an empty list.
  var documented: Value? { get }
  /// The cells that the value names.
  var labels: [AnyLabel] { get }
  /// Expressions that the cell computes itself, such as conditions.
  var expressions: [Expression] { get }
}

extension SchemaValue {
  public static var choices: [String] { [] }
  public static var form: SchemaForm { .any }
  public static var isTemplate: Bool { false }
  public var documented: Value? { nil }
  public var labels: [AnyLabel] { [] }
  public var expressions: [Expression] { [] }

  public static func read(
    _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> (value: Self?, unread: Set<String>) {
    let value = decode(node, &diagnostics)
    return (value, value == nil ? [""] : [])
  }

  /// The message that `node` has another type than this one.
  public static func mismatch(_ node: YAMLNode) -> Diagnostic {
    let found =
      node.scalar.map { text in
        if text.isEmpty { return "nothing" }
        if text.contains(where: \.isNewline) { return "a text of several lines" }
        return text.count > 60 ? "'\(text.prefix(60))…'" : "'\(text)'"
      } ?? node.kind
    return Diagnostic(.wrongType, "expected \(typeName), found \(found)", at: node.span)
  }
}

extension String: SchemaValue {
  public static var typeName: String { "a text" }
  public static var form: SchemaForm { .text }
  public var documented: Value? { isEmpty ? nil : .text(self) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> String? {
    guard let text = node.scalar, !node.isNull else {
      diagnostics.append(mismatch(node))
      return nil
    }
    return text
  }
}

extension Int: SchemaValue {
  public static var typeName: String { "a whole number" }
  public static var form: SchemaForm { .wholeNumber(nil) }
  public var documented: Value? { .count(self) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Int? {
    let text = node.scalar?.filter { $0 != "_" } ?? ""
    // `1e3` is a whole number to people, though not to YAML 1.1.
    if let value = Int(text) { return value }
    if let value = Double(text), let whole = Int(exactly: value) { return whole }
    diagnostics.append(mismatch(node))
    return nil
  }
}

extension Double: SchemaValue {
  public static var typeName: String { "a number" }
  public static var form: SchemaForm { .number }
  public var documented: Value? { .number(self) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Double? {
    let text = node.scalar?.filter { $0 != "_" } ?? ""
    switch text.lowercased() {
    case ".inf", "+.inf", "∞": return .infinity
    case "-.inf", "-∞": return -.infinity
    case ".nan": return .nan
    default: break
    }
    if let value = Double(text), value.isFinite { return value }
    diagnostics.append(mismatch(node))
    return nil
  }
}

extension Bool: SchemaValue {
  public static var typeName: String { "true or false" }
  public static var choices: [String] { ["true", "false"] }
  public static var form: SchemaForm { .condition }
  public var documented: Value? { .bool(self) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Bool? {
    switch node.scalar?.lowercased() {
    case "true": return true
    case "false": return false
    case "yes", "no", "on", "off":
      var diagnostic = mismatch(node)
      let isYes = ["yes", "on"].contains(node.scalar?.lowercased() ?? "")
      diagnostic.help = "write \(isYes ? "true" : "false")"
      diagnostics.append(diagnostic)
    default: diagnostics.append(mismatch(node))
    }
    return nil
  }
}

extension Array: SchemaValue where Element: SchemaValue {
  public static var typeName: String { "a list, each entry \(Element.typeName)" }
  public static var choices: [String] { Element.choices }
  public static var form: SchemaForm { .list(Element.form) }
  public var documented: Value? { isEmpty ? nil : .list(compactMap(\.documented)) }
  public static var isTemplate: Bool { Element.isTemplate }
  public var labels: [AnyLabel] { flatMap(\.labels) }
  public var expressions: [Expression] { flatMap(\.expressions) }

  /// A single value is read as a list of one.
  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> [Element]? {
    guard case .sequence(let nodes) = node.content else {
      return Element.decode(node, &diagnostics).map { [$0] }
    }
    let before = diagnostics.count
    let elements = nodes.compactMap { Element.decode($0, &diagnostics) }
    return diagnostics.count == before && !node.isIncomplete ? elements : nil
  }
}

extension Optional: SchemaValue where Wrapped: SchemaValue {
  public static var typeName: String { Wrapped.typeName }
  public static var choices: [String] { Wrapped.choices }
  public static var form: SchemaForm { .optional(Wrapped.form) }
  public static var isTemplate: Bool { Wrapped.isTemplate }
  public var documented: Value? { flatMap(\.documented) }
  public var labels: [AnyLabel] { map(\.labels) ?? [] }
  public var expressions: [Expression] { map(\.expressions) ?? [] }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Wrapped?? {
    if node.isNull { return .some(nil) }
    return Wrapped.decode(node, &diagnostics).map { .some($0) }
  }
}

/// A value that remembers where it was written, for messages that come later.
public struct Spanned<Wrapped: SchemaValue>: SchemaValue {
  public var value: Wrapped
  /// nil for a default that nobody wrote.
  public var span: SourceSpan?

  public init(_ value: Wrapped, at span: SourceSpan? = nil) {
    self.value = value
    self.span = span
  }

  public static var typeName: String { Wrapped.typeName }
  public static var choices: [String] { Wrapped.choices }
  public static var form: SchemaForm { Wrapped.form }
  public var documented: Value? { value.documented }
  public var labels: [AnyLabel] { value.labels }
  public var expressions: [Expression] { value.expressions }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    Wrapped.decode(node, &diagnostics).map { Self($0, at: node.span) }
  }
}

extension Spanned<String> {
  /// The place of some bytes of the text; of all of it where it is not written as it is.
  public func span(of range: Range<Int>) -> SourceSpan? {
    guard let span else { return nil }
    let written = span.text
    let isQuoted = written.dropFirst().dropLast() == value[...]
    guard written == value || isQuoted else { return span }
    let start = span.range.lowerBound + (isQuoted ? 1 : 0)
    return SourceSpan(
      file: span.file, range: start + range.lowerBound..<start + range.upperBound)
  }
}

/// A text that may hold expressions: a title or a caption. Its tokens are filled in at the end.
public struct Template: SchemaValue, Hashable {
  /// With tokens for expressions.
  public var text: String
  public var span: SourceSpan?

  public static var typeName: String { String.typeName }
  public static var form: SchemaForm { .text }
  public var documented: Value? { text.documented }
  public static var isTemplate: Bool { true }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    String.decode(node, &diagnostics).map { Self(text: $0, span: node.span) }
  }
}

/// A type of a few named values: an enumeration whose raw values are what users write.
public protocol SchemaChoice: SchemaValue, RawRepresentable<String>, CaseIterable {
  /// What is chosen, for messages: `scheme`.
  static var subject: String { get }
  /// Other spellings that people try, in lower case without `-` and `_`, and what they mean.
  static var aliases: [String: String] { get }
  /// What the choice means, in a sentence; nil where its name says it.
  var help: String? { get }
}

extension SchemaChoice {
  public static var typeName: String { "one of \(choices.joined(separator: ", "))" }
  public static var choices: [String] { allCases.map(\.rawValue) }
  public static var described: [SchemaForm.Choice] {
    allCases.map { SchemaForm.Choice($0.rawValue, help: $0.help) }
  }
  public static var form: SchemaForm { .choice(described) }
  public static var aliases: [String: String] { [:] }
  public var help: String? { nil }
  public var documented: Value? { .text(rawValue) }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    guard let text = node.scalar else {
      diagnostics.append(mismatch(node))
      return nil
    }
    if let choice = Self(rawValue: text) { return choice }
    diagnostics.append(
      .unknown(subject, text, among: choices, aliases: aliases, .unknownValue, at: node.span))
    return nil
  }
}
