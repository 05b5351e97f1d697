import CZlib

/// Members of gzip files.
enum Gzip {
  /// Decompresses the member that begins here.
  ///
  /// - Returns: how many bytes it has.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: inout BoundedOutput
  ) throws -> Int {
    // zlib holds on to the stream's address.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { stream.deallocate() }
    stream.initialize(to: z_stream())
    // 15: the largest window; 16: with gzip's header and checksum.
    guard
      inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw DecompressionError(.needsMemory, .gzip) }
    defer { inflateEnd(stream) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BoundedOutput.chunk, alignment: 16)
    defer { chunk.deallocate() }
    var given = 0
    while true {
      if stream.pointee.avail_in == 0 {
        // zlib counts in 32 bits.
        let part = input[given..<min(given + 1 << 30, input.count)]
        stream.pointee.next_in = UnsafeMutablePointer(
          mutating: UnsafeRawBufferPointer(rebasing: part).baseAddress?
            .assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(part.count)
        given += part.count
      }
      stream.pointee.next_out = chunk.baseAddress?.assumingMemoryBound(to: UInt8.self)
      stream.pointee.avail_out = UInt32(chunk.count)
      let status = inflate(stream, Z_NO_FLUSH)
      let made = chunk.count - Int(stream.pointee.avail_out)
      try output.append(UnsafeRawBufferPointer(rebasing: chunk[..<made]))
      switch status {
      case Z_STREAM_END: return given - Int(stream.pointee.avail_in)
      case Z_OK, Z_BUF_ERROR:
        guard made > 0 || stream.pointee.avail_in > 0 || given < input.count else {
          throw DecompressionError(.truncated, .gzip)
        }
      case Z_MEM_ERROR: throw DecompressionError(.needsMemory, .gzip)
      default: throw DecompressionError(.damaged, .gzip)
      }
    }
  }
}

/// The checksum of gzip and of Parquet's pages: CRC-32 of ISO 3309.
public enum CRC32 {
  public static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(
      truncatingIfNeeded: crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count))
  }
}
