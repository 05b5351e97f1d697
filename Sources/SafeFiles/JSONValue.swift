/// A JSON document as a tree; objects keep the order of the file and have no key twice.
public enum JSONValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// A number without fraction or exponent that fits in 64 bits.
  case integer(Int)
  /// Any other number; always finite.
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// "a string", "an array" and so on, for messages.
  public var kind: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in the order of the file.
public struct JSONObject: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public var name: String
    public var value: JSONValue
    /// Line of the member's name, from 1.
    public var line: Int
  }

  public var members: [Member] = []

  public init() {}

  /// The value of the member called `name`; a linear search, for objects of a few members. Setting it
  /// adds, replaces or removes the member.
  public subscript(name: String) -> JSONValue? {
    get { members.first { $0.name == name }?.value }
    set {
      let index = members.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?):
        members.append(Member(name: name, value: value, line: members.count + 1))
      case (nil, nil): break
      }
    }
  }
}

/// Why a text is not JSON, and where.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Without a full stop: "expected a value".
  public var message: String
  /// Line and column (in bytes), both from 1.
  public var line: Int
  public var column: Int

  public var description: String { "\(message) at line \(line), column \(column)" }
}
