/// How the elements of a tensor are stored in a safetensors file.
public enum TensorType: String, Hashable, Sendable, CaseIterable {
  case boolean = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case uint16 = "U16"
  case int16 = "I16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case uint32 = "U32"
  case int32 = "I32"
  case float32 = "F32"
  case uint64 = "U64"
  case int64 = "I64"
  case float64 = "F64"

  /// Bytes of one element.
  public var byteCount: Int {
    switch self {
    case .boolean, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }
}

/// One tensor of a safetensors file: its name, type, shape and place.
public struct TensorEntry: Hashable, Sendable {
  public let name: String
  public let type: TensorType
  /// Sizes from the slowest to the fastest index; empty for a scalar.
  public let shape: [Int]
  /// Place in the file, in bytes from its beginning. Its length is that of the shape and type.
  public let byteRange: Range<Int>

  public var elementCount: Int { shape.reduce(1, *) }
}
