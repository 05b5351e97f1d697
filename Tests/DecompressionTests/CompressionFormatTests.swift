import Decompression
import Foundation
import Testing

/// Against what Python's zlib and liblzma and Arrow's zstd and Snappy made; see Tests/Fixtures.
@Suite struct CompressionFormatTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/data/compressed")
  static let ofFiles = CompressionFormat.allCases.filter { $0.ending != nil }

  private func file(_ name: String, _ format: CompressionFormat) throws -> [UInt8] {
    let ending = format.ending ?? ".snappy"
    return Array(try Data(contentsOf: Self.folder.appendingPathComponent(name + ending)))
  }

  private func text() throws -> [UInt8] {
    Array(try Data(contentsOf: Self.folder.appendingPathComponent("text.txt")))
  }

  private func failure(
    _ format: CompressionFormat, _ bytes: [UInt8], limit: Int = 1 << 20
  ) -> DecompressionError.Code? {
    let error = #expect(throws: DecompressionError.self) {
      try bytes.withUnsafeBytes { try format.decompressed($0, limit: limit) }
    }
    return error?.code
  }

  @Test("what the peers compressed", arguments: CompressionFormat.allCases)
  func parity(_ format: CompressionFormat) throws {
    let expected = try text()
    let found = try file("text", format).withUnsafeBytes {
      try format.decompressed($0, limit: expected.count)
    }
    #expect(found == expected)
  }

  @Test("parts in a row", arguments: ofFiles)
  func parts(_ format: CompressionFormat) throws {
    let found = try file("parts", format).withUnsafeBytes {
      try format.decompressed($0, limit: 1 << 20)
    }
    #expect(found == (try text()))
  }

  @Test("a few bytes that hold many end at the limit", arguments: ofFiles)
  func bomb(_ format: CompressionFormat) throws {
    let bytes = try file("zeros", format)
    #expect(bytes.count < 2000)
    #expect(failure(format, bytes, limit: 1_999_999) == .tooLarge(limit: 1_999_999))
    let whole = try bytes.withUnsafeBytes { try format.decompressed($0, limit: 2_000_000) }
    #expect(whole.count == 2_000_000)
  }

  @Test("what is cut anywhere", arguments: CompressionFormat.allCases)
  func truncated(_ format: CompressionFormat) throws {
    let bytes = try file("text", format)
    for count in 0..<bytes.count {
      let code = failure(format, Array(bytes[..<count]))
      #expect(code == .truncated || format == .snappy && code == .damaged, "after \(count)")
    }
  }

  @Test("what stands after the end", arguments: ofFiles)
  func trailing(_ format: CompressionFormat) throws {
    let bytes = try file("text", format)
    #expect(failure(format, bytes + Array("more".utf8)) == .trailingBytes(4))
    #expect(failure(format, bytes + [0]) == .trailingBytes(1))
  }

  @Test("frames of zstd that are to be passed over, and zeros after a stream of xz")
  func padding() throws {
    let expected = try text()
    let skipped: [UInt8] = [0x5A, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
    let zstd = skipped + (try file("text", .zstd)) + skipped
    #expect(
      try zstd.withUnsafeBytes { try CompressionFormat.zstd.decompressed($0, limit: 1 << 20) }
        == expected)
    let xz = try file("text", .xz) + [0, 0, 0, 0]
    #expect(
      try xz.withUnsafeBytes { try CompressionFormat.xz.decompressed($0, limit: 1 << 20) }
        == expected)
  }

  @Test("a changed byte is noticed by the checksum", arguments: [CompressionFormat.gzip, .xz])
  func damaged(_ format: CompressionFormat) throws {
    let bytes = try file("text", format)
    for place in stride(from: 20, to: bytes.count, by: 3) {
      var changed = bytes
      changed[place] ^= 0x10
      #expect(failure(format, changed) != nil, "at \(place)")
    }
  }

  @Test("any bytes are decompressed or refused", arguments: CompressionFormat.allCases)
  func arbitrary(_ format: CompressionFormat) throws {
    let bytes = try file("text", format)
    let size = try text().count
    for place in 0..<min(bytes.count, 400) {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var changed = bytes
        changed[place] ^= mask
        let found = try? changed.withUnsafeBytes { try format.decompressed($0, limit: size) }
        #expect((found?.count ?? 0) <= size)
      }
    }
  }

  @Test(
    "Snappy's blocks that reach beyond",
    arguments: [
      [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],  // Four gigabytes of nothing.
      [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],  // A length of more than 32 bits.
      [0x04, 0x0C, 0x61],  // A literal beyond the end.
      [0x04, 0x00, 0x61, 0x01, 0x00],  // A copy from nowhere.
      [0x08, 0x00, 0x61, 0x11, 0x02],  // A copy from before the beginning.
      [0x04, 0x01, 0x01],  // A copy before there is anything.
      [0x02, 0x00, 0x61, 0x15, 0x01],  // More than was said.
      [0x04, 0xFC, 0xFF, 0xFF, 0xFF, 0xFF],  // A literal of four gigabytes.
    ] as [[UInt8]])
  func snappy(_ bytes: [UInt8]) {
    let code = failure(.snappy, bytes)
    #expect(code == .damaged || code == .truncated)
  }

  @Test("a copy may reach into itself")
  func overlap() throws {
    let bytes: [UInt8] = [0x09, 0x04, 0x61, 0x62, 0x0D, 0x02]
    let found = try bytes.withUnsafeBytes {
      try CompressionFormat.snappy.decompressed($0, limit: 9)
    }
    #expect(found == Array("ababababa".utf8))
  }

  @Test("names of files")
  func names() {
    #expect(CompressionFormat(fileName: "text.txt.GZ") == .gzip)
    #expect(CompressionFormat(fileName: "a/b.zst") == .zstd)
    #expect(CompressionFormat(fileName: "c.xz") == .xz)
    #expect(CompressionFormat(fileName: "gz") == nil)
    #expect(CompressionFormat(fileName: "text.snappy") == nil)
  }

  @Test("the checksum of gzip")
  func checksum() {
    Array("123456789".utf8).withUnsafeBytes { #expect(CRC32.checksum(of: $0) == 0xCBF4_3926) }
    Array<UInt8>().withUnsafeBytes { #expect(CRC32.checksum(of: $0) == 0) }
  }
}
