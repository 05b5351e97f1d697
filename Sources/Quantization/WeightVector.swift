/// A parameter of one dimension: a bias, or the gain or shift of a layer normalization.
///
/// Decoded to Float32 once; the decoded values are work space and in no account of storage.
public struct WeightVector: Sendable {
  /// How the elements are stored.
  public enum Storage: Hashable, Sendable {
    case float32([Float])
    case float16([UInt16])
    case bfloat16([UInt16])
    /// value = (code - zeroPoint) × scale.
    case int8([Int8], scale: Float, zeroPoint: Float)
  }

  public let contents: Storage
  /// The values as Float32.
  public let values: [Float]

  public init(_ contents: Storage) {
    self.contents = contents
    switch contents {
    case .float32(let values): self.values = values
    case .float16(let bits): values = bits.map { Float(float16: $0) }
    case .bfloat16(let bits): values = bits.map { Float(bitPattern: UInt32($0) << 16) }
    case .int8(let codes, let scale, let zeroPoint):
      values = codes.map { (Float($0) - zeroPoint) * scale }
    }
  }

  /// The values rounded to `format`.
  public init(_ values: [Float], as format: FloatFormat = .float32) {
    switch format {
    case .float32: self.init(.float32(values))
    case .float16: self.init(.float16(values.map(\.float16Bits)))
    case .bfloat16: self.init(.bfloat16(values.map(\.bfloat16Bits)))
    }
  }

  public var count: Int { values.count }

  public var storage: StorageAccount {
    switch contents {
    case .float32: StorageAccount(elements: count, bitsPerCode: 32)
    case .float16, .bfloat16: StorageAccount(elements: count, bitsPerCode: 16)
    case .int8(_, _, let zeroPoint):
      StorageAccount(elements: count, bitsPerCode: 8, constantBytes: zeroPoint == 0 ? 4 : 8)
    }
  }
}
