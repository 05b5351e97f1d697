/// A parameter of one dimension: a bias, or the gain or shift of a layer normalization.
///
/// Decoded to Float32 wherever it is used.
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

  public init(_ contents: Storage) { self.contents = contents }

  /// The values rounded to `format`.
  public init(_ values: [Float], as format: FloatFormat = .float32) {
    switch format {
    case .float32: contents = .float32(values)
    case .float16: contents = .float16(values.map(\.float16Bits))
    case .bfloat16: contents = .bfloat16(values.map(\.bfloat16Bits))
    }
  }

  public var count: Int {
    switch contents {
    case .float32(let values): values.count
    case .float16(let bits), .bfloat16(let bits): bits.count
    case .int8(let codes, _, _): codes.count
    }
  }

  public var storage: StorageAccount {
    switch contents {
    case .float32: StorageAccount(elements: count, bitsPerCode: 32)
    case .float16, .bfloat16: StorageAccount(elements: count, bitsPerCode: 16)
    case .int8(_, _, let zeroPoint):
      StorageAccount(elements: count, bitsPerCode: 8, constantBytes: zeroPoint == 0 ? 4 : 8)
    }
  }

  /// The values as Float32.
  public func decoded() -> [Float] {
    switch contents {
    case .float32(let values): values
    case .float16(let bits): bits.map { Float(float16: $0) }
    case .bfloat16(let bits): bits.map { Float(bitPattern: UInt32($0) << 16) }
    case .int8(let codes, let scale, let zeroPoint):
      codes.map { (Float($0) - zeroPoint) * scale }
    }
  }
}
