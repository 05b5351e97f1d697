import Decompression

extension FuzzTarget {
  /// Compressed bytes of a format that the first byte says, within a limit.
  static let decompression = FuzzTarget(
    "decompression", longest: 4096
  ) { bytes in
    guard let first = bytes.first else { return }
    let format = CompressionFormat.allCases[Int(first) % CompressionFormat.allCases.count]
    let limit = 1 << 16
    try bytes.dropFirst().withUnsafeBytes { input in
      guard let output = try? format.decompressed(input, limit: limit) else { return }
      try require(output.count <= limit, "\(output.count) bytes, more than \(limit)")
      let exact = try? format.decompressed(input, limit: output.count)
      try require(exact == output, "other bytes when exactly these are allowed")
      guard !output.isEmpty else { return }
      let short = try? format.decompressed(input, limit: output.count - 1)
      try require(short == nil, "more bytes than are allowed")
    }
  }
}
