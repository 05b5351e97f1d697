internal import Crypto

/// An entry of a ``BlobStore``, mapped and checked.
public struct Blob: Sendable {
  /// What keeps the bytes in memory.
  public let file: MappedFile
  /// What was written, 64-byte aligned. Valid while `file` lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: file.bytes[Self.headerSize...])
  }

  // An entry's file: a header of 128 bytes, then the payload. All bytes of the header are checked.
  //
  //   0  magic
  //   8  version, UInt32 little-endian
  //  16  length of the payload, UInt64 little-endian
  //  24  key
  //  56  SHA-256 of the payload
  //  88  zeros
  private static let headerSize = 128
  private static let magic = Array("qbookblb".utf8)
  private static let version: UInt32 = 1

  /// Nil where the file is not the whole and undamaged entry of this key.
  init?(_ file: MappedFile, key: String) {
    guard file.bytes.count >= Self.headerSize else { return nil }
    self.file = file
    let expected = Self.header(key: key, [bytes])
    guard file.bytes[..<Self.headerSize].elementsEqual(expected) else { return nil }
  }

  /// The header of an entry whose payload is all pieces, one after the other.
  static func header(key: String, _ pieces: [UnsafeRawBufferPointer]) -> [UInt8] {
    var header = magic
    func append(_ integer: some FixedWidthInteger) {
      withUnsafeBytes(of: integer.littleEndian) { header += $0 }
    }
    append(version)
    append(0 as UInt32)
    append(UInt64(pieces.reduce(0) { $0 + $1.count }))
    header += bytes(ofHexadecimal: key)
    var hasher = SHA256()
    for piece in pieces { hasher.update(bufferPointer: piece) }
    header += hasher.finalize()
    header += [UInt8](repeating: 0, count: headerSize - header.count)
    return header
  }

  /// The bytes that pairs of hexadecimal digits give.
  private static func bytes(ofHexadecimal text: String) -> [UInt8] {
    let digits = text.utf8.map { $0 < 0x60 ? $0 - 0x30 : $0 - 0x57 }
    return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
