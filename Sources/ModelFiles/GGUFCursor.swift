import InputLimits
import SafeFiles

/// Reads the header of a GGUF file from its beginning on; nothing beyond the file or the limit of a
/// header is touched.
struct GGUFCursor {
  private let file: MappedFile
  private(set) var position: Int
  private let end: Int
  /// What is being read, for messages.
  var entry = "header"

  init(_ file: MappedFile, at position: Int = 0) {
    self.file = file
    self.position = position
    end = min(file.bytes.count, Limit.ggufHeaderBytes.value)
  }

  var fileSize: Int { file.bytes.count }

  func refusal(_ detail: String, _ code: ModelFileError.Code = .invalid) -> ModelFileError {
    ModelFileError(code, path: file.path, field: entry, detail)
  }

  /// The place of the next `count` bytes, which are passed over.
  mutating func skip(_ count: UInt64) throws(ModelFileError) -> Range<Int> {
    guard count <= UInt64(end - position) else {
      let rest = fileSize - position
      throw refusal(
        count <= UInt64(rest)
          ? "needs \(count) bytes: settings and names may have \(Limit.ggufHeaderBytes.value) bytes "
            + "together (\(Limit.ggufHeaderBytes.cure(for: position + Int(count))))"
          : "needs \(count) bytes, the file has \(rest) more")
    }
    defer { position += Int(count) }
    return position..<position + Int(count)
  }

  mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
    _ type: Integer.Type = Integer.self
  ) throws(ModelFileError) -> Integer {
    let place = try skip(UInt64(MemoryLayout<Integer>.size))
    return Integer(
      littleEndian: file.bytes.loadUnaligned(fromByteOffset: place.lowerBound, as: Integer.self))
  }

  /// The place of the next string's bytes.
  mutating func stringBytes() throws(ModelFileError) -> Range<Int> { try skip(try integer()) }

  /// The next string; what is not UTF-8 becomes U+FFFD.
  mutating func string() throws(ModelFileError) -> String {
    String(decoding: file.bytes[try stringBytes()], as: UTF8.self)
  }

  /// The next name, of 1 to `limit` bytes of UTF-8.
  mutating func name(limit: Int) throws(ModelFileError) -> String {
    let bytes = try stringBytes()
    guard 1...limit ~= bytes.count,
      let name = String(validating: file.bytes[bytes], as: UTF8.self)
    else { throw refusal("has a name that is not of 1 to \(limit) bytes of UTF-8") }
    return name
  }

  mutating func kind() throws(ModelFileError) -> GGUFValueKind {
    let number: UInt32 = try integer()
    guard let kind = GGUFValueKind(rawValue: number) else {
      throw refusal("has the type \(number), which is not known")
    }
    return kind
  }

  mutating func value(of kind: GGUFValueKind) throws(ModelFileError) -> GGUFValue {
    switch kind {
    case .string: .string(try string())
    case .array: .array(try array(depth: 1))
    default: try scalar(of: kind)
    }
  }

  /// A value that is neither a string nor an array.
  mutating func scalar(of kind: GGUFValueKind) throws(ModelFileError) -> GGUFValue {
    switch kind {
    case .uint8: return .integer(Int(try integer(UInt8.self)))
    case .int8: return .integer(Int(try integer(Int8.self)))
    case .uint16: return .integer(Int(try integer(UInt16.self)))
    case .int16: return .integer(Int(try integer(Int16.self)))
    case .uint32: return .integer(Int(try integer(UInt32.self)))
    case .int32: return .integer(Int(try integer(Int32.self)))
    case .int64: return .integer(Int(try integer(Int64.self)))
    case .uint64:
      let value = try integer(UInt64.self)
      return Int(exactly: value).map { .integer($0) } ?? .number(Double(value))
    case .float32: return .number(Double(Float(bitPattern: try integer())))
    case .float64: return .number(Double(bitPattern: try integer()))
    case .boolean:
      let byte = try integer(UInt8.self)
      guard byte <= 1 else { throw refusal("is a boolean of \(byte), neither 0 nor 1") }
      return .boolean(byte == 1)
    case .string, .array: throw refusal("is no single value")
    }
  }

  /// Passes over the elements of an array.
  private mutating func array(depth: Int) throws(ModelFileError) -> GGUFArray {
    guard depth <= 4 else { throw refusal("has arrays in arrays, more than four deep") }
    let kind = try kind()
    let count: UInt64 = try integer()
    let start = position
    if let byteCount = kind.byteCount {
      let (bytes, overflows) = count.multipliedReportingOverflow(by: UInt64(byteCount))
      _ = try skip(overflows ? .max : bytes)
    } else {
      // Each takes eight bytes or more, so that the file's end is met soon, whatever the count.
      var rest = count
      while rest > 0 {
        if kind == .string { _ = try stringBytes() } else { _ = try array(depth: depth + 1) }
        rest -= 1
      }
    }
    return GGUFArray(kind: kind, count: Int(clamping: count), bytes: start..<position, file: file)
  }
}
