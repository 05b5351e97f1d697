import Foundation
import InputLimits
import Parquet
import TestSupport
import Testing

/// Against files that Apache Arrow wrote; see Tests/Fixtures.
@Suite struct ParquetFileTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/data/parquet")

  private static func names(where isWanted: (String) -> Bool) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return files.filter { $0.hasSuffix(".parquet") && isWanted($0) }.sorted()
  }

  /// All combinations of codec, version, encoding and nullability.
  static let combinations = names { $0.contains("-v") }
  static let readable = names { !$0.hasPrefix("refused") }

  private static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  private static func rows() throws -> [String?] {
    try JSONDecoder().decode(
      [String?].self, from: Data(contentsOf: folder.appendingPathComponent("rows.json")))
  }

  private static func texts(_ bytes: [UInt8], in column: String = "text") throws -> [String?] {
    try bytes.withUnsafeBytes { bytes in
      var found: [String?] = []
      try ParquetFile(bytes).forEachText(in: column) { text in
        found.append(text.map { String(decoding: $0, as: UTF8.self) })
      }
      return found
    }
  }

  private func failure(_ bytes: [UInt8], in column: String = "text") -> ParquetError.Code? {
    #expect(throws: ParquetError.self) { try Self.texts(bytes, in: column) }?.code
  }

  @Test("every codec, version of pages, encoding and nullability", arguments: combinations)
  func combination(_ name: String) throws {
    let rows = try Self.rows()
    let expected = name.contains("required") ? rows.map { $0 ?? "" } : rows
    #expect(try Self.texts(Self.bytes(name)) == expected)
  }

  @Test("all combinations are there")
  func allCombinations() { #expect(Self.combinations.count == 32) }

  @Test(
    "dictionaries that give way to plain pages, checksums, other lengths",
    arguments: ["fallback", "checksums", "large"])
  func others(_ name: String) throws {
    #expect(try Self.texts(Self.bytes("other-\(name).parquet")) == Self.rows())
  }

  @Test("optional inside optional, nulls alone, no rows")
  func levels() throws {
    #expect(try Self.texts(Self.bytes("other-nested.parquet"), in: "outer.text") == Self.rows())
    #expect(
      try Self.texts(Self.bytes("other-nulls.parquet")) == [String?](repeating: nil, count: 40))
    #expect(try Self.texts(Self.bytes("other-none.parquet")).isEmpty)
  }

  @Test("columns and footers are limited")
  func limits() throws {
    let bytes = try Self.bytes("other-large.parquet")
    Limits.with([.columnBytes: 100]) {
      #expect(failure(bytes) == .tooLarge(limit: 100))
      #expect(
        ParquetError(.tooLarge(limit: 100)).description.contains("--limit column-bytes=200 allows"))
    }
    Limits.with([.parquetFooterBytes: 10]) {
      guard case .unsupported(let what)? = failure(bytes) else {
        Issue.record("it is read")
        return
      }
      #expect(what.hasSuffix("(--limit parquet-footer-bytes=20 allows more)"))
    }
  }

  @Test("the columns and the rows that there are")
  func columns() throws {
    try Self.bytes("other-large.parquet").withUnsafeBytes { bytes in
      let file = try ParquetFile(bytes)
      #expect(file.textColumns == ["text"])
      #expect(file.rowCount == 50)
    }
    let bytes = try Self.bytes("other-large.parquet")
    let known = ["'number' (64-bit integers)", "'text' (texts)"]
    #expect(failure(bytes, in: "txt") == .noTexts("txt", known: known))
    #expect(failure(bytes, in: "number") == .noTexts("number", known: known))
    #expect(ParquetError(.noTexts("txt", known: known)).help?.contains("'column'") == true)
  }

  @Test(
    "what is not read is named",
    arguments: [
      ("brotli", "Brotli compression"),
      ("delta_byte_array", "encoding DELTA_BYTE_ARRAY"),
      ("delta_length_byte_array", "encoding DELTA_LENGTH_BYTE_ARRAY"),
      ("lz4", "LZ4_RAW compression"),
    ])
  func refused(_ name: String, _ what: String) throws {
    #expect(failure(try Self.bytes("refused-\(name).parquet")) == .unsupported(what))
    #expect(ParquetError(.unsupported(what)).help?.contains("write_table") == true)
  }

  @Test("bytes and lists are no texts, and called what they are")
  func otherTypes() throws {
    let bytes = try Self.bytes("refused-binary.parquet")
    let known = ["'number' (64-bit integers)", "'text' (bytes that are not marked as texts)"]
    #expect(failure(bytes) == .noTexts("text", known: known))
    let lists = try Self.bytes("refused-lists.parquet")
    guard case .noTexts(_, let columns)? = failure(lists) else {
      Issue.record("lists were read")
      return
    }
    #expect(columns.contains { $0.hasSuffix("(lists of texts)") })
  }

  @Test("encryption is told by the last letters")
  func encryption() throws {
    let bytes = try Self.bytes("other-none.parquet").dropLast() + Array("E".utf8)
    #expect(failure(Array(bytes)) == .unsupported("encryption"))
  }

  @Test("what is cut anywhere is no Parquet file", arguments: ["other-fallback.parquet"])
  func truncated(_ name: String) throws {
    let bytes = try Self.bytes(name)
    for count in 0..<bytes.count {
      guard case .damaged? = failure(Array(bytes[..<count])) else {
        Issue.record("after \(count) bytes")
        return
      }
    }
  }

  @Test("a changed byte of a page is noticed by its checksum")
  func checksums() throws {
    let bytes = try Self.bytes("other-checksums.parquet")
    // Compressed text in the midst of the first pages.
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: Array("Title".utf8)) })
    var changed = bytes
    changed[place] ^= 1
    #expect(failure(changed) == .damaged("a page has not its checksum"))
  }

  @Test("any bytes are read or refused", arguments: readable)
  func arbitrary(_ name: String) throws {
    let bytes = try Self.bytes(name)
    let column = name.contains("nested") ? "outer.text" : "text"
    let count = try Self.texts(bytes, in: column).count
    var random = SplitMix64(seed: 7)
    for _ in 0..<300 {
      var changed = bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        changed[Int.random(in: 4..<bytes.count - 4, using: &random)] = UInt8.random(
          in: 0...255, using: &random)
      }
      do {
        let found = try Self.texts(changed, in: column)
        // Unless the footer says so in all its places, no row comes or goes.
        #expect(found.count == count)
      } catch let error as ParquetError {
        #expect(!error.description.isEmpty)
      }
    }
  }

  @Test("lengths that lie")
  func lengths() {
    func file(_ footer: [UInt8], length: UInt32? = nil) -> [UInt8] {
      let count = withUnsafeBytes(of: (length ?? UInt32(footer.count)).littleEndian) { Array($0) }
      return Array("PAR1".utf8) + footer + count + Array("PAR1".utf8)
    }
    let files: [[UInt8]] = [
      [], Array("PAR1PAR1".utf8), file([]), file([0x00]), file([0x00], length: .max),
      file([0x15, 0x02, 0x19, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F]),  // A list without end.
      file([UInt8](repeating: 0x1C, count: 2000)),  // Structures inside one another.
      file([UInt8](repeating: 0x19, count: 2000)),  // Lists inside one another.
      file([0x18, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]),
    ]
    for bytes in files {
      guard case .damaged? = failure(bytes) else {
        Issue.record("\(bytes.prefix(20))")
        continue
      }
    }
  }
}
