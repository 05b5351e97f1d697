/// What a parameter takes to store, by two accounts.
///
/// The report's account, Hugging Face's `get_memory_footprint`, counts the codes alone. The packed
/// account counts everything that is needed to compute: scales, zero points, padding, sums.
public struct StorageAccount: Hashable, Sendable {
  /// Parameters.
  public var elements: Int
  /// Bits of one code.
  public var bitsPerCode: Int
  /// Bytes of scales, zero points and other constants as the format defines them, unpadded.
  public var constantBytes: Int
  /// Bytes resident in memory, with padding and whatever the kernels add.
  public var packedBytes: Int

  public init(elements: Int, bitsPerCode: Int, constantBytes: Int = 0, packedBytes: Int? = nil) {
    self.elements = elements
    self.bitsPerCode = bitsPerCode
    self.constantBytes = constantBytes
    self.packedBytes = packedBytes ?? (elements * bitsPerCode + 7) / 8 + constantBytes
  }

  /// Bytes of the codes: the report's account.
  public var codeBytes: Int { (elements * bitsPerCode + 7) / 8 }

  /// Bits per parameter with the constants counted, 4.5 for NF4 at block size 64.
  public var bitsPerWeight: Double {
    elements == 0 ? 0 : Double(codeBytes + constantBytes) * 8 / Double(elements)
  }
}
