import SafeFiles

/// A setting of a GGUF file.
public enum GGUFValue: Sendable {
  /// Of any of the eight integer types.
  case integer(Int)
  /// A float, or an integer beyond 64 signed bits.
  case number(Double)
  case boolean(Bool)
  case string(String)
  case array(GGUFArray)

  /// "a string", "an array" and so on, for messages.
  public var kind: String {
    switch self {
    case .integer: "an integer"
    case .number: "a number"
    case .boolean: "a boolean"
    case .string: "a string"
    case .array: "an array"
    }
  }
}

/// The elements of a setting that is a list, which stay in the file until they are asked for: each
/// was found to lie within it.
public struct GGUFArray: Sendable {
  let kind: GGUFValueKind
  public let count: Int
  let bytes: Range<Int>
  let file: MappedFile

  /// The elements; nil where they are no strings, or one is not UTF-8.
  public func strings() -> [String]? {
    guard kind == .string else { return nil }
    var cursor = GGUFCursor(file, at: bytes.lowerBound)
    var strings: [String] = []
    strings.reserveCapacity(count)
    for _ in 0..<count {
      guard let range = try? cursor.stringBytes(),
        let text = String(validating: file.bytes[range], as: UTF8.self)
      else { return nil }
      strings.append(text)
    }
    return strings
  }

  /// The elements; nil where they are no integers.
  public func integers() -> [Int]? {
    var cursor = GGUFCursor(file, at: bytes.lowerBound)
    var integers: [Int] = []
    integers.reserveCapacity(count)
    for _ in 0..<count {
      guard case .integer(let value)? = try? cursor.scalar(of: kind) else { return nil }
      integers.append(value)
    }
    return integers
  }
}

/// The types of settings, by the numbers that the file has for them.
enum GGUFValueKind: UInt32 {
  case uint8, int8, uint16, int16, uint32, int32, float32, boolean, string, array, uint64, int64
  case float64

  /// Bytes of a value; nil where they differ from value to value.
  var byteCount: Int? {
    switch self {
    case .uint8, .int8, .boolean: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }
}
