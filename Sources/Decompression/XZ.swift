import CLzma

/// Streams of .xz files.
enum XZ {
  /// The most memory that a decoder may take: four times what `xz -9` asks for.
  private static let memoryLimit: UInt64 = 256 << 20

  /// Decompresses the stream that begins here.
  ///
  /// - Returns: how many bytes it has.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: inout BoundedOutput
  ) throws -> Int {
    let stream = UnsafeMutablePointer<lzma_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    // All zeros: LZMA_STREAM_INIT.
    stream.initialize(to: lzma_stream())
    guard lzma_stream_decoder(stream, memoryLimit, 0) == LZMA_OK else {
      throw DecompressionError(.needsMemory, .xz)
    }
    defer { lzma_end(stream) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BoundedOutput.chunk, alignment: 16)
    defer { chunk.deallocate() }
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = input.count
    while true {
      stream.pointee.next_out = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = chunk.count
      let status = lzma_code(stream, LZMA_RUN)
      let made = chunk.count - stream.pointee.avail_out
      try output.append(UnsafeRawBufferPointer(rebasing: chunk[..<made]))
      switch status {
      case LZMA_STREAM_END: return input.count - stream.pointee.avail_in
      case LZMA_OK, LZMA_BUF_ERROR:
        guard made > 0 || stream.pointee.avail_in > 0 else {
          throw DecompressionError(.truncated, .xz)
        }
      case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: throw DecompressionError(.needsMemory, .xz)
      default: throw DecompressionError(.damaged, .xz)
      }
    }
  }
}
