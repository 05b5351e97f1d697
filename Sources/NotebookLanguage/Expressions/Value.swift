/// What an expression can hold: a number with its unit, a text, or results addressed by name.
public enum Value: Hashable, Sendable {
  case number(Number)
  case text(String)
  case bool(Bool)
  case list([Value])
  case record(Record)
  /// The outcome of a filter: ready to be shown, no longer to be computed with.
  case displayed(DisplayedValue)

  /// A plain number without unit, as written in a notebook.
  public static func number(_ value: Double, _ unit: Unit = .none) -> Self {
    .number(Number(value, unit: unit))
  }

  /// A count.
  public static func count(_ value: Int) -> Self { .number(Number(Double(value))) }

  /// A number of bytes.
  public static func bytes(_ value: Int) -> Self { .number(Number(Double(value), unit: .bytes)) }

  /// The kinds of values, by what messages call them.
  public enum Kind: String, Hashable, Sendable {
    case number = "a number"
    case text = "a text"
    case bool = "true or false"
    case list = "a list"
    case record = "a set of results"
    case displayed = "a formatted text"
  }

  var kind: Kind {
    switch self {
    case .number: .number
    case .text: .text
    case .bool: .bool
    case .list: .list
    case .record: .record
    case .displayed: .displayed
    }
  }

  /// The number that the value is or stands for: a record stands for its principal field.
  public var asNumber: Number? {
    switch self {
    case .number(let number): number
    case .record(let record): record.principalValue?.asNumber
    default: nil
    }
  }

  /// The value at a path such as `memory.after.reported`, as `FieldPath` reads it; nil where a field
  /// is absent.
  public subscript(path path: String) -> Value? {
    var value = self
    for name in FieldPath.names(of: path) {
      guard case .record(let record) = value, let next = record[name] else { return nil }
      value = next
    }
    return value
  }
}

/// What a number counts.
public enum Unit: String, Hashable, Sendable {
  case none = ""
  case bytes
  case milliseconds
}

/// A number with all that a report says about it.
public struct Number: Hashable, Sendable {
  public var value: Double
  public var unit: Unit
  /// Standard error in the number's own unit; nil where it has none.
  public var error: Double?
  /// Where the error comes from, for figures computed from this one; nil where it is not known.
  public var influence: Influence?
  /// Why the value is infinite or undefined.
  public var cause: String?
  public var origin: DisplayedValue.Origin
  /// How it was made, for tooltips.
  public var note: String?
  /// What it was measured with: program, kernels, machine, date.
  public var setting: String?

  public init(
    _ value: Double, unit: Unit = .none, error: Double? = nil, influence: Influence? = nil,
    cause: String? = nil, origin: DisplayedValue.Origin = .measured, note: String? = nil
  ) {
    self.value = value
    self.unit = unit
    self.error = error
    self.influence = influence
    self.cause = cause
    self.origin = origin
    self.note = note
  }
}

/// Named values in a fixed order.
public struct Record: Hashable, Sendable {
  public struct Field: Hashable, Sendable {
    public var name: String
    public var value: Value
  }

  public private(set) var fields: [Field] = []
  /// The field that the record stands for where a single number is wanted, such as `median`.
  public var principal: String?
  /// What the fields range over, such as `blockSize` where a sweep made them; nil for other records.
  public var axis: String?

  public init(_ fields: KeyValuePairs<String, Value> = [:], principal: String? = nil) {
    self.fields = fields.map { Field(name: $0.key, value: $0.value) }
    self.principal = principal
  }

  public var names: [String] { fields.map(\.name) }
  public var principalValue: Value? { principal.flatMap { self[$0] } }

  /// Adds a field whose name the record does not have yet; quicker than the subscript.
  public mutating func append(_ name: String, _ value: Value) {
    fields.append(Field(name: name, value: value))
  }

  /// Setting nil removes the field.
  public subscript(name: String) -> Value? {
    get { fields.first { $0.name == name }?.value }
    set {
      let index = fields.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): fields[index].value = value
      case (let index?, nil): fields.remove(at: index)
      case (nil, let value?): fields.append(Field(name: name, value: value))
      case (nil, nil): break
      }
    }
  }
}
