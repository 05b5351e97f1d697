import InputLimits

/// A strict reader of JSON (RFC 8259) for files that are not trusted.
///
/// It refuses what lenient readers let pass and attackers use: a key that occurs twice, nesting
/// deeper than `Limit.jsonDepth`, invalid UTF-8, lone surrogates, anything after the value. Memory is
/// proportional to the text, which the caller has bounded.
public struct JSONReader {
  /// Reads one value from UTF-8 bytes.
  public static func read(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> JSONValue {
    var reader = JSONReader(bytes: bytes.bindMemory(to: UInt8.self))
    let value = try reader.value(depth: 0)
    reader.skipSpace()
    guard reader.position == bytes.count else { throw reader.error("unexpected text after JSON") }
    return value
  }

  /// Reads one value from UTF-8 bytes.
  public static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
      do throws(JSONError) { return .success(try read(buffer)) } catch { return .failure(error) }
    }
    return try result.get()
  }

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var line = 1
  private var lineStart = 0
  private let depthLimit = Limit.jsonDepth.value

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  private func error(_ message: String) -> JSONError {
    JSONError(message: message, line: line, column: position - lineStart + 1)
  }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current {
      switch byte {
      case 0x20, 0x09, 0x0D: position += 1
      case 0x0A:
        position += 1
        line += 1
        lineStart = position
      default: return
      }
    }
  }

  private mutating func consume(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard depth < depthLimit else {
      throw error("nested more than \(depthLimit) deep (\(Limit.jsonDepth.cure))")
    }
    skipSpace()
    guard let byte = current else { throw error("unexpected end of JSON") }
    switch byte {
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .boolean(true))
    case UInt8(ascii: "f"): return try word("false", .boolean(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    default: throw error("expected a JSON value")
    }
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw error("expected a JSON value") }
    position += word.utf8.count
    return value
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    var elements: [JSONValue] = []
    position += 1
    skipSpace()
    if consume(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if consume(UInt8(ascii: "]")) { return elements }
      guard consume(UInt8(ascii: ",")) else { throw error("expected ',' or ']'") }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
    var object = JSONObject()
    var names: Set<String> = []
    position += 1
    skipSpace()
    if consume(UInt8(ascii: "}")) { return object }
    while true {
      skipSpace()
      let nameLine = line
      guard current == UInt8(ascii: "\"") else { throw error("expected a member's name") }
      let name = try string()
      guard names.insert(name).inserted else {
        throw error("member '\(name.prefix(80))' occurs twice")
      }
      skipSpace()
      guard consume(UInt8(ascii: ":")) else { throw error("expected ':'") }
      object.members.append(
        JSONObject.Member(name: name, value: try value(depth: depth + 1), line: nameLine))
      skipSpace()
      if consume(UInt8(ascii: "}")) { return object }
      guard consume(UInt8(ascii: ",")) else { throw error("expected ',' or '}'") }
    }
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    _ = consume(UInt8(ascii: "-"))
    let integerStart = position
    try digits()
    if position - integerStart > 1 && bytes[integerStart] == UInt8(ascii: "0") {
      throw error("a number must not start with 0")
    }
    var isInteger = true
    if consume(UInt8(ascii: ".")) {
      isInteger = false
      try digits()
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      isInteger = false
      position += 1
      if !consume(UInt8(ascii: "+")) { _ = consume(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isInteger, let integer = Int(text) { return .integer(integer) }
    guard let double = Double(text), double.isFinite else { throw error("number out of range") }
    return .number(double)
  }

  private mutating func digits() throws(JSONError) {
    let start = position
    while let byte = current, (0x30...0x39).contains(byte) { position += 1 }
    guard position > start else { throw error("expected a digit") }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    if current == UInt8(ascii: "\"") {
      let text = try validated(UnsafeBufferPointer(rebasing: bytes[start..<position]))
      position += 1
      return text
    }
    var contents = Array(bytes[start..<position])
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        return try contents.withUnsafeBufferPointer { (buffer) throws(JSONError) in
          try validated(buffer)
        }
      case UInt8(ascii: "\\"): try escape(into: &contents)
      case 0..<0x20: throw error("control character in a string")
      default: contents.append(byte)
      }
    }
    throw error("unexpected end of JSON in a string")
  }

  private func validated(_ text: UnsafeBufferPointer<UInt8>) throws(JSONError) -> String {
    guard let string = String(validating: text, as: UTF8.self) else {
      throw error("string is not UTF-8")
    }
    return string
  }

  private mutating func escape(into contents: inout [UInt8]) throws(JSONError) {
    guard let byte = current else { throw error("unexpected end of JSON in a string") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): contents.append(byte)
    case UInt8(ascii: "b"): contents.append(0x08)
    case UInt8(ascii: "f"): contents.append(0x0C)
    case UInt8(ascii: "n"): contents.append(0x0A)
    case UInt8(ascii: "r"): contents.append(0x0D)
    case UInt8(ascii: "t"): contents.append(0x09)
    case UInt8(ascii: "u"): contents.append(contentsOf: Array(String(try escapedScalar()).utf8))
    default: throw error("unknown escape in a string")
    }
  }

  private mutating func escapedScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try codeUnit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, consume(UInt8(ascii: "\\")), consume(UInt8(ascii: "u")) else {
      throw error("lone surrogate in a string")
    }
    let second = try codeUnit()
    guard 0xDC00..<0xE000 ~= second,
      let scalar = Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF))
    else { throw error("lone surrogate in a string") }
    return scalar
  }

  private mutating func codeUnit() throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("expected four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }
}
