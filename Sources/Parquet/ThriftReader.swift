/// Values in Thrift's compact protocol, in which Parquet writes its footer and the headers of its pages.
///
/// Source: `thrift-compact-protocol.md` of apache/thrift.
indirect enum ThriftValue {
  case bool(Bool)
  /// Of any width.
  case integer(Int)
  case double
  case binary([UInt8])
  case list([ThriftValue])
  case structure(ThriftStruct)
}

/// Fields by their numbers.
struct ThriftStruct {
  fileprivate(set) var fields: [Int: ThriftValue] = [:]

  func int(_ field: Int) -> Int? {
    if case .integer(let value)? = fields[field] { value } else { nil }
  }

  func bool(_ field: Int) -> Bool? {
    if case .bool(let value)? = fields[field] { value } else { nil }
  }

  func text(_ field: Int) -> String? {
    if case .binary(let bytes)? = fields[field] {
      String(validating: bytes, as: UTF8.self)
    } else {
      nil
    }
  }

  func structure(_ field: Int) -> ThriftStruct? {
    if case .structure(let value)? = fields[field] { value } else { nil }
  }

  func structures(_ field: Int) -> [ThriftStruct]? {
    guard case .list(let values)? = fields[field] else { return nil }
    return values.compactMap { if case .structure(let value) = $0 { value } else { nil } }
  }

  func texts(_ field: Int) -> [String]? {
    guard case .list(let values)? = fields[field] else { return nil }
    return values.compactMap {
      if case .binary(let bytes) = $0 { String(validating: bytes, as: UTF8.self) } else { nil }
    }
  }
}

struct ThriftReader {
  private var cursor: ByteCursor
  /// How many values more there may be: a byte can be one, which takes more than a byte of memory.
  private var left: Int

  private static let depthLimit = 32

  init(_ bytes: UnsafeRawBufferPointer, valueLimit: Int = 1 << 20) {
    cursor = ByteCursor(bytes)
    left = valueLimit
  }

  /// How many bytes were read.
  var offset: Int { cursor.offset }

  mutating func structure(depth: Int = 0) throws(ParquetError) -> ThriftStruct {
    guard depth < Self.depthLimit else { throw .damaged("structures inside one another") }
    var result = ThriftStruct()
    var number = 0
    while true {
      let header = try cursor.byte()
      let type = header & 0x0F
      if type == 0 { return result }
      let delta = Int(header >> 4)
      number = delta == 0 ? try integer() : number + delta
      guard Int(Int16.min)...Int(Int16.max) ~= number, result.fields[number] == nil else {
        throw .damaged("a field that is there twice")
      }
      // Of a boolean, the type is the value.
      result.fields[number] =
        type <= 2 ? .bool(type == 1) : try value(type, depth: depth + 1)
    }
  }

  private mutating func integer() throws(ParquetError) -> Int {
    let bits = try cursor.varint()
    return Int(truncatingIfNeeded: bits >> 1) ^ -Int(truncatingIfNeeded: bits & 1)
  }

  private mutating func count() throws(ParquetError) -> Int {
    // Each entry has a byte at least.
    let count = try cursor.varint()
    guard count <= UInt64(cursor.remaining) else { throw .damaged("a list beyond the end") }
    return Int(count)
  }

  private mutating func value(_ type: UInt8, depth: Int) throws(ParquetError) -> ThriftValue {
    guard depth < Self.depthLimit else { throw .damaged("lists inside one another") }
    left -= 1
    guard left >= 0 else { throw .damaged("more facts than any file has") }
    switch type {
    case 1, 2: return .bool(try cursor.byte() == 1)
    case 3: return .integer(Int(Int8(bitPattern: try cursor.byte())))
    case 4, 5, 6: return .integer(try integer())
    case 7:
      _ = try cursor.take(8)
      return .double
    case 8: return .binary(Array(try cursor.take(count())))
    case 9, 10: return .list(try list(depth: depth))
    case 11: return .list(try map(depth: depth))
    case 12: return .structure(try structure(depth: depth))
    default: throw .damaged("a value of type \(type)")
    }
  }

  private mutating func list(depth: Int) throws(ParquetError) -> [ThriftValue] {
    let header = try cursor.byte()
    let count = header >> 4 == 15 ? try count() : Int(header >> 4)
    var values: [ThriftValue] = []
    for _ in 0..<count { values.append(try value(header & 0x0F, depth: depth + 1)) }
    return values
  }

  /// Keys and values in turn. Parquet has no maps.
  private mutating func map(depth: Int) throws(ParquetError) -> [ThriftValue] {
    let count = try count()
    guard count > 0 else { return [] }
    let types = try cursor.byte()
    var values: [ThriftValue] = []
    for _ in 0..<count {
      values.append(try value(types >> 4, depth: depth + 1))
      values.append(try value(types & 0x0F, depth: depth + 1))
    }
    return values
  }
}
