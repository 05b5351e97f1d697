/// Which fields a cell's value will have, and of what kinds, known before anything is computed.
///
/// `check` finds a misspelt field by it, and a number that is none, so that no long run ends in a typing
/// error.
public indirect enum Shape: Hashable, Sendable {
  /// It has no fields; nil where only a run can tell of what kind it is.
  case leaf(Leaf?)
  /// `axis` is what the fields range over where a sweep made them.
  case record([Field], principal: String? = nil, axis: String? = nil)
  /// Anything may be in it.
  case open

  /// What a value without fields is.
  public enum Leaf: Hashable, Sendable {
    /// One that is exact, or whose error nobody knows.
    case number(Unit)
    /// One that comes with its standard error, where there are enough samples.
    case estimate(Unit)
    case text, bool, list, displayed
  }

  public struct Field: Hashable, Sendable {
    public var name: String
    public var shape: Shape

    public init(_ name: String, _ shape: Shape) {
      self.name = name
      self.shape = shape
    }
  }

  /// A number without unit.
  public static var number: Self { .leaf(.number(.none)) }
  public static var bytes: Self { .leaf(.number(.bytes)) }
  public static var milliseconds: Self { .leaf(.number(.milliseconds)) }
  /// A number without unit that comes with its standard error.
  public static var estimate: Self { .leaf(.estimate(.none)) }
  public static var text: Self { .leaf(.text) }
  public static var bool: Self { .leaf(.bool) }
  public static var list: Self { .leaf(.list) }

  /// A record, written as its fields.
  public static func fields(
    _ fields: KeyValuePairs<String, Shape>, principal: String? = nil
  ) -> Self {
    .record(fields.map { Field($0.key, $0.value) }, principal: principal)
  }

  /// A record of numbers without units.
  public static func numbers(_ names: [String], principal: String? = nil) -> Self {
    .record(names.map { Field($0, .number) }, principal: principal)
  }

  /// The shape that a value has.
  public init(of value: Value) {
    switch value {
    case .number(let number):
      self = .leaf(number.error == nil ? .number(number.unit) : .estimate(number.unit))
    case .text: self = .text
    case .bool: self = .bool
    case .list: self = .list
    case .displayed: self = .leaf(.displayed)
    case .record(let record):
      self = .record(
        record.fields.map { Field($0.name, Shape(of: $0.value)) }, principal: record.principal,
        axis: record.axis)
    }
  }

  /// The shape at a path as `FieldPath` reads it; nil where a field is absent.
  public subscript(path path: String) -> Shape? {
    var shape = self
    for name in FieldPath.names(of: path) {
      if case .open = shape { return .open }
      guard let next = shape[name] else { return nil }
      shape = next
    }
    return shape
  }

  /// The shape of a field; nil where there is none.
  public subscript(name: String) -> Shape? {
    guard case .record(let fields, _, _) = self else { return nil }
    return fields.first { $0.name == name }?.shape
  }

  /// What the value is where it is used: a record that stands for a number is one. nil where only a run
  /// can tell.
  public var kind: Value.Kind? {
    switch self {
    case .open: nil
    case .leaf(let leaf): leaf?.kind
    case .record(_, let principal, _):
      principal == nil ? .record : principal.flatMap { self[$0] }?.kind ?? .number
    }
  }

  /// The unit of the number that the value is or stands for; nil where it is none, or only a run can tell.
  var unit: Unit? {
    switch self {
    case .leaf(.number(let unit)), .leaf(.estimate(let unit)): unit
    case .record(_, let principal?, _): self[principal]?.unit
    case .leaf, .record, .open: nil
    }
  }

  /// The shape of the number that the value stands for, as `Value.asNumber`; nil where it is none, or
  /// that is not known.
  public var asNumber: Shape? {
    if case .record(_, let principal?, _) = self { return self[principal]?.asNumber }
    return unit == nil ? nil : self
  }

  /// Whether the value has an interval or an error, or may have one, so that it can be told from another.
  var canBeJudged: Bool {
    switch self {
    case .open, .leaf(nil), .leaf(.estimate): return true
    case .leaf: return false
    case .record(_, let principal, _):
      if let ratio = self["ratio"] { return ratio.canBeJudged }
      if self["low"] != nil, self["high"] != nil { return true }
      return principal.flatMap { self[$0] }?.canBeJudged ?? false
    }
  }

  public var fieldNames: [String] {
    if case .record(let fields, _, _) = self { fields.map(\.name) } else { [] }
  }
}

extension Shape.Leaf {
  fileprivate var kind: Value.Kind {
    switch self {
    case .number, .estimate: .number
    case .text: .text
    case .bool: .bool
    case .list: .list
    case .displayed: .displayed
    }
  }
}
