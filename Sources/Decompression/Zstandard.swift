import CZstd

/// Frames of zstd files.
enum Zstandard {
  /// Decompresses the frame that begins here.
  ///
  /// - Returns: how many bytes it has.
  static func decompress(
    _ input: UnsafeRawBufferPointer, into output: inout BoundedOutput
  ) throws -> Int {
    guard let context = ZSTD_createDCtx() else { throw DecompressionError(.needsMemory, .zstd) }
    defer { ZSTD_freeDCtx(context) }
    let chunk = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BoundedOutput.chunk, alignment: 16)
    defer { chunk.deallocate() }
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    while true {
      var target = ZSTD_outBuffer(dst: chunk.baseAddress, size: chunk.count, pos: 0)
      let status = ZSTD_decompressStream(context, &target, &source)
      if ZSTD_isError(status) != 0 {
        switch ZSTD_getErrorCode(status) {
        // A window beyond 128 MiB is refused by libzstd's own default.
        case ZSTD_error_frameParameter_windowTooLarge, ZSTD_error_memory_allocation:
          throw DecompressionError(.needsMemory, .zstd)
        default: throw DecompressionError(.damaged, .zstd)
        }
      }
      try output.append(UnsafeRawBufferPointer(rebasing: chunk[..<target.pos]))
      if status == 0 { return source.pos }
      // All was read, and there is no more to come of it.
      if source.pos == source.size, target.pos < target.size {
        throw DecompressionError(.truncated, .zstd)
      }
    }
  }
}
