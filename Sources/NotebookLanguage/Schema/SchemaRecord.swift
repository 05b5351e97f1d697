public import Diagnostics

/// A mapping with known keys. `keys` is the only list of them: checks, did-you-mean, defaults and
/// help are all made from it.
public protocol SchemaRecord: SchemaValue {
  static var keys: [SchemaKey<Self>] { get }
  /// Other spellings that people try for keys, in lower case without `-` and `_`.
  static var keyAliases: [String: String] { get }
  /// The key that a list stands for where a mapping is expected; nil where none does.
  static var listKey: String? { get }
  /// A value whose properties are the documented defaults.
  init()
}

/// A property that a schema key fills in.
public typealias SendableKeyPath<Root, Value> = any WritableKeyPath<Root, Value> & Sendable

/// One key of a mapping: its name, its property, its help.
public struct SchemaKey<Owner: SchemaRecord>: Sendable {
  public let name: String
  public let help: String
  public let isRequired: Bool
  public let typeName: String
  public let choices: [String]
  let isTemplate: Bool
  /// nil where numbers have no bounds, or the value is none.
  private let range: ClosedRange<Int>?
  private let form: @Sendable () -> SchemaForm
  private let documented: @Sendable () -> Value?
  /// Whether the value is a mapping with keys of its own, each of which can be read by itself.
  let isRecord: Bool
  /// Sets the property to as much as can be read, and gives the paths of what cannot be.
  let assign: @Sendable (inout Owner, YAMLNode, inout [Diagnostic]) -> Set<String>
  let labels: @Sendable (Owner) -> [AnyLabel]
  let expressions: @Sendable (Owner) -> [Expression]

  private init<Value: SchemaValue>(
    _ name: String, _ property: SendableKeyPath<Owner, Value>, isRequired: Bool,
    in range: ClosedRange<Int>? = nil, help: String,
    check: @escaping @Sendable (Value) -> String? = { _ in nil }
  ) {
    self.name = name
    self.help = help
    self.isRequired = isRequired
    typeName = Value.typeName
    choices = Value.choices
    isTemplate = Value.isTemplate
    isRecord = Value.self is any SchemaRecord.Type
    self.range = range
    form = { Value.form }
    documented = { Owner()[keyPath: property].documented }
    assign = { owner, node, diagnostics in
      let (value, unread) = Value.read(node, &diagnostics)
      let paths = Set(unread.map { $0.isEmpty ? name : "\(name).\($0)" })
      guard let value else { return paths }
      if let problem = check(value) {
        diagnostics.append(Diagnostic(.outOfRange, "'\(name)' \(problem)", at: node.span))
        return [name]
      }
      owner[keyPath: property] = value
      return paths
    }
    labels = { $0[keyPath: property].labels }
    expressions = { $0[keyPath: property].expressions }
  }

  public static func required<Value: SchemaValue>(
    _ name: String, _ property: SendableKeyPath<Owner, Value>, help: String
  ) -> Self {
    Self(name, property, isRequired: true, help: help)
  }

  public static func optional<Value: SchemaValue>(
    _ name: String, _ property: SendableKeyPath<Owner, Value>, help: String
  ) -> Self {
    Self(name, property, isRequired: false, help: help)
  }

  /// A whole number within bounds.
  public static func optional(
    _ name: String, _ property: SendableKeyPath<Owner, Int>, in range: ClosedRange<Int>,
    help: String
  ) -> Self {
    Self(name, property, isRequired: false, in: range, help: help) { outside(range, $0) }
  }

  /// A whole number within bounds that remembers its place.
  public static func optional(
    _ name: String, _ property: SendableKeyPath<Owner, Spanned<Int>>,
    in range: ClosedRange<Int>, help: String
  ) -> Self {
    Self(name, property, isRequired: false, in: range, help: help) { outside(range, $0.value) }
  }

  /// A list that says what is to be done, so that it cannot be empty.
  ///
  /// - Parameter purpose: what would be missing, such as `there is nothing to evaluate`.
  public static func optional<Element: SchemaValue>(
    _ name: String, _ property: SendableKeyPath<Owner, [Element]>, orElse purpose: String,
    help: String
  ) -> Self {
    Self(name, property, isRequired: false, help: help) {
      $0.isEmpty ? "is empty: \(purpose)" : nil
    }
  }

  /// The key for documentation; its default is the property's initial value.
  public var description: KeyDescription {
    var typeName = typeName
    var form = form()
    if let range {
      form = .wholeNumber(range)
      typeName +=
        range.upperBound == .max
        ? " from \(range.lowerBound) on" : " from \(range.lowerBound) to \(range.upperBound)"
    }
    return KeyDescription(
      name: name, help: help, isRequired: isRequired, typeName: typeName, form: form,
      defaultValue: isRequired ? nil : documented())
  }

  private static func outside(_ range: ClosedRange<Int>, _ value: Int) -> String? {
    if value < range.lowerBound { return "is at least \(range.lowerBound), not \(value)" }
    if value > range.upperBound { return "is at most \(range.upperBound), not \(value)" }
    return nil
  }
}

extension SchemaRecord {
  public static var keyAliases: [String: String] { [:] }
  public static var listKey: String? { nil }
  /// The keys for documentation.
  public static var keyDescriptions: [KeyDescription] { keys.map(\.description) }
  public static var form: SchemaForm { .record(keyDescriptions, listKey: listKey) }
  public static var typeName: String {
    "a mapping with \(keys.map(\.name).joined(separator: ", "))"
  }
  public var labels: [AnyLabel] { Self.keys.flatMap { $0.labels(self) } }
  public var expressions: [Expression] { Self.keys.flatMap { $0.expressions(self) } }

  public static func decode(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Self? {
    decode(node, called: "this mapping", &diagnostics)
  }

  public static func read(
    _ node: YAMLNode, _ diagnostics: inout [Diagnostic]
  ) -> (value: Self?, unread: Set<String>) {
    let reading = read(node, called: "this mapping", &diagnostics)
    return (reading.value, reading.unread)
  }

  /// - Parameters:
  ///   - subject: what the mapping is, for messages: `quantize`.
  ///   - span: where to show that a key is missing; the mapping's own place if not given.
  /// - Returns: nil if anything is wrong with it.
  public static func decode(
    _ node: YAMLNode, called subject: String, at span: SourceSpan? = nil,
    _ diagnostics: inout [Diagnostic]
  ) -> Self? {
    let reading = read(node, called: subject, at: span, &diagnostics)
    return reading.isWhole ? reading.value : nil
  }

  /// As much of the value as can be read: what one key gets wrong takes nothing from the others.
  ///
  /// - Parameters:
  ///   - start: the value whose properties stay where no key sets them.
  ///   - pending: what becomes of a value with an expression in it.
  static func read(
    _ node: YAMLNode, from start: Self = Self(), called subject: String,
    at span: SourceSpan? = nil, pending: PendingValues = .waitForResults,
    _ diagnostics: inout [Diagnostic]
  ) -> SchemaReading<Self> {
    let before = diagnostics.count
    var owner = start
    var unread: Set<String> = []
    var pairs: [YAMLNode.Pair] = []
    func reading() -> SchemaReading<Self> {
      SchemaReading(
        value: owner, isWhole: diagnostics.count == before && !node.isIncomplete, unread: unread)
    }
    if case .mapping(let written) = node.content {
      pairs = written
    } else if case .sequence = node.content, let key = keys.first(where: { $0.name == listKey }) {
      unread = key.assign(&owner, node, &diagnostics)
      return reading()
    } else if !node.isNull {
      if !node.isIncomplete { diagnostics.append(mismatch(node)) }
      return SchemaReading(value: owner, isWhole: false, unread: [""])
    }
    let given = Set(pairs.compactMap(\.key.scalar))
    // What unknown keys may stand for: their messages ask for it.
    var meant: Set<String> = []
    for pair in pairs {
      let name = pair.key.scalar ?? ""
      guard let key = keys.first(where: { $0.name == name }) else {
        diagnostics.append(
          .unknown(
            "key", name, among: keys.map(\.name), aliases: keyAliases, .unknownKey,
            at: pair.key.span))
        meant.formUnion(nearestNames(to: name, among: keys.map(\.name), aliases: keyAliases))
        continue
      }
      if pair.value.isUnreadable {
        unread.insert(name)
      } else if key.isTemplate || !pair.value.isPending
        || (key.isRecord && pair.value.isMapping && pending == .waitForResults)
      {
        unread.formUnion(key.assign(&owner, pair.value, &diagnostics))
      } else {
        unread.insert(name)
        guard pending == .areMistakes else { continue }
        diagnostics.append(
          Diagnostic(
            .expressionSyntax, "'\(name)' cannot hold an expression", at: pair.value.span,
            help: "prose, titles, captions and the bodies of cells can"))
      }
    }
    for key in keys where key.isRequired && !given.contains(key.name) && !node.isIncomplete {
      unread.insert(key.name)
      if meant.contains(key.name) { continue }
      diagnostics.append(
        Diagnostic(
          .missingKey, "\(subject) needs the key '\(key.name)'", at: span ?? node.span,
          help: "\(key.name): \(key.help)"))
    }
    return reading()
  }
}

/// What a mapping came to.
struct SchemaReading<Record: Sendable>: Sendable {
  var value: Record
  /// Whether nothing is wrong with it.
  var isWhole: Bool
  /// Paths of the keys whose values are not known: they could not be read, wait for results, or are
  /// missing.
  var unread: Set<String>
}

/// What becomes of a key whose value has an expression in it.
enum PendingValues {
  /// It is read when the results are there.
  case waitForResults
  case areMistakes
}
