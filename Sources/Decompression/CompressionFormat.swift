/// How bytes are compressed, and back.
public enum CompressionFormat: String, CaseIterable, Hashable, Sendable {
  /// RFC 1952, by zlib.
  case gzip
  /// RFC 8878, by libzstd.
  case zstd
  /// The .xz file format 1.2, by liblzma.
  case xz
  /// Snappy's raw block, without frames, as Parquet has it.
  case snappy

  /// The format that the ending of a file's name says; nil for a name without such an ending.
  public init?(fileName: String) {
    let name = fileName.lowercased()
    guard let format = Self.allCases.first(where: { $0.ending.map(name.hasSuffix) ?? false }) else {
      return nil
    }
    self = format
  }

  /// The format of a file that begins so; nil where it is none that files have, as for any UTF-8 text.
  public init?(beginning bytes: some Sequence<UInt8>) {
    guard
      let format = Self.allCases.first(where: { $0.ending != nil && bytes.starts(with: $0.magic) })
    else { return nil }
    self = format
  }

  /// What names of such files end with; nil for what is no file's format.
  public var ending: String? {
    switch self {
    case .gzip: ".gz"
    case .zstd: ".zst"
    case .xz: ".xz"
    case .snappy: nil
    }
  }

  /// What was compressed: all of it, as several parts in a row mean what they hold one after the other.
  ///
  /// - Parameter limit: the most bytes that are given; a few compressed ones can hold any number.
  /// - Throws: `DecompressionError`, `CancellationError`.
  public func decompressed(_ input: UnsafeRawBufferPointer, limit: Int) throws -> [UInt8] {
    var output = BoundedOutput(format: self, limit: limit)
    var rest = input
    repeat {
      guard begins(rest) else {
        // The first part may be cut short in its first bytes.
        let isFirst = rest.count == input.count
        let isCut = isFirst && magic.starts(with: rest)
        throw DecompressionError(
          isCut ? .truncated : isFirst ? .damaged : .trailingBytes(rest.count), self)
      }
      let used =
        switch self {
        case .gzip: try Gzip.decompress(rest, into: &output)
        case .zstd: try Zstandard.decompress(rest, into: &output)
        case .xz: try XZ.decompress(rest, into: &output)
        case .snappy: try Snappy.decompress(rest, into: &output)
        }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(used))
      // Streams of .xz may have zeros after them, four at a time.
      if self == .xz {
        let zeros = rest.prefix { $0 == 0 }.count
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(zeros / 4 * 4))
      }
    } while !rest.isEmpty
    return output.bytes
  }

  /// What each part begins with; empty where any bytes may be one.
  private var magic: [UInt8] {
    switch self {
    case .gzip: [0x1F, 0x8B]
    case .zstd: [0x28, 0xB5, 0x2F, 0xFD]
    case .xz: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
    case .snappy: []
    }
  }

  private func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
    if bytes.starts(with: magic) { return true }
    // Frames of zstd that hold nothing of the contents.
    return self == .zstd && bytes.count >= 4 && 0x50...0x5F ~= bytes[0]
      && bytes[1...3].elementsEqual([0x2A, 0x4D, 0x18])
  }
}
