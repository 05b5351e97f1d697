/// What a value of the schema may look like, as help and JSON Schema say it.
public indirect enum SchemaForm: Sendable {
  /// Any single value.
  case text
  case wholeNumber(ClosedRange<Int>?)
  case number
  case condition
  case choice([Choice])
  /// A list of such entries; one alone is read as a list of one.
  case list(SchemaForm)
  /// Known keys; a list where the mapping is expected is read as the key `listKey`.
  case record([KeyDescription], listKey: String?)
  /// Names that the author chooses.
  case map(SchemaForm)
  /// May also be left empty.
  case optional(SchemaForm)
  case anyOf([SchemaForm])
  /// Not described further than by its type's name.
  case any

  /// One of a few permitted texts.
  public struct Choice: Hashable, Sendable {
    public var text: String
    public var help: String?

    public init(_ text: String, help: String? = nil) {
      self.text = text
      self.help = help
    }
  }

  /// The keys of the mapping that the value is or may be, or that its entries are.
  public var keys: [KeyDescription] {
    switch self {
    case .record(let keys, _): keys
    case .list(let form), .map(let form), .optional(let form): form.keys
    case .anyOf(let forms): forms.lazy.map(\.keys).first { !$0.isEmpty } ?? []
    default: []
    }
  }

  /// The permitted texts, where they are few.
  public var choices: [Choice] {
    switch self {
    case .choice(let choices): choices
    case .list(let form), .map(let form), .optional(let form): form.choices
    case .anyOf(let forms): forms.lazy.map(\.choices).first { !$0.isEmpty } ?? []
    default: []
    }
  }
}

/// A key as documentation sees it: everything but the property that it fills in.
public struct KeyDescription: Sendable {
  public var name: String
  public var help: String
  public var isRequired: Bool
  /// What is wanted, such as `a whole number from 16 to 4096`.
  public var typeName: String
  public var form: SchemaForm
  /// The initial value of the property; nil where it is empty or has no short form.
  public var defaultValue: Value?
}

extension KeyDescription {
  /// The default as a notebook writes it, such as `[perplexity, memory]`.
  public var defaultText: String? { defaultValue?.written }
}
