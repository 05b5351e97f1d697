/// Decompressed bytes, never more than a limit.
struct BoundedOutput {
  private(set) var bytes: [UInt8] = []
  let format: CompressionFormat
  let limit: Int

  init(format: CompressionFormat, limit: Int) {
    self.format = format
    self.limit = limit
  }

  /// How many bytes decoders give at once.
  static let chunk = 1 << 18

  /// - Throws: `DecompressionError` with `tooLarge`, `CancellationError`.
  mutating func append(_ more: UnsafeRawBufferPointer) throws {
    guard more.count <= limit - bytes.count else {
      throw DecompressionError(.tooLarge(limit: limit), format)
    }
    if Task.isCancelled { throw CancellationError() }
    bytes.append(contentsOf: more)
  }

  /// Appends so many bytes that `fill` writes, all of them.
  mutating func append(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    guard count <= limit - bytes.count else {
      throw DecompressionError(.tooLarge(limit: limit), format)
    }
    if Task.isCancelled { throw CancellationError() }
    bytes += try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      try fill(UnsafeMutableRawBufferPointer(buffer))
      filled = count
    }
  }
}
