import Decompression
import InputLimits
import SafeFiles

/// The values of one column in one row group, page by page.
struct ColumnChunk {
  private let bytes: UnsafeRawBufferPointer
  private let column: ParquetSchema.Column
  private let valueCount: Int
  private let codec: CompressionFormat?

  /// - Parameters:
  ///   - file: all of it.
  ///   - end: where the footer begins.
  ///   - rowCount: of the row group.
  init(
    _ metadata: ThriftStruct, of column: ParquetSchema.Column, in file: UnsafeRawBufferPointer,
    end: Int, rowCount: Int
  ) throws(ParquetError) {
    guard let valueCount = metadata.int(5), let size = metadata.int(7),
      let dataOffset = metadata.int(9)
    else { throw .damaged("a column without its place") }
    guard valueCount == rowCount else { throw .damaged("columns of unequal length") }
    self.column = column
    self.valueCount = valueCount
    codec = try Self.codec(metadata.int(4))
    // Without values there are no pages, wherever they are said to be.
    guard valueCount > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    // Some writers have 0 for a dictionary that is not there.
    let dictionaryOffset = metadata.int(11) ?? 0
    let hasDictionary = dictionaryOffset >= 4 && dictionaryOffset < dataOffset
    let start = hasDictionary ? dictionaryOffset : dataOffset
    guard 4...end ~= start, 0...(end - start) ~= size else {
      throw .damaged("a column that lies outside the file")
    }
    bytes = UnsafeRawBufferPointer(rebasing: file[start..<start + size])
  }

  /// - Returns: nil for what is not compressed.
  private static func codec(_ number: Int?) throws(ParquetError) -> CompressionFormat? {
    let others = [3: "LZO", 4: "Brotli", 5: "LZ4", 7: "LZ4_RAW"]
    switch number {
    case 0: return nil
    case 1: return .snappy
    case 2: return .gzip
    case 6: return .zstd
    case let number?: throw .unsupported("\(others[number] ?? "codec \(number)") compression")
    case nil: throw .damaged("a column without its codec")
    }
  }

  /// Gives each value, nil for null.
  ///
  /// - Parameter budget: how many bytes may be decompressed; less afterwards.
  /// - Throws: `ParquetError`, `CancellationError`, what `body` throws.
  func forEachText(
    budget: inout Int, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    var offset = 0
    var left = valueCount
    var dictionary: TextDictionary?
    while left > 0 {
      if Task.isCancelled { throw CancellationError() }
      var reader = ThriftReader(
        UnsafeRawBufferPointer(rebasing: bytes[offset...]), valueLimit: 1 << 12)
      let header = try reader.structure()
      offset += reader.offset
      guard let size = header.int(3), 0...(bytes.count - offset) ~= size,
        let wholeSize = header.int(2), wholeSize >= 0
      else { throw ParquetError.damaged("a page that lies outside its column") }
      let page = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + size])
      offset += size
      if let checksum = header.int(4),
        CRC32.checksum(of: page) != UInt32(truncatingIfNeeded: checksum)
      {
        throw ParquetError.damaged("a page has not its checksum")
      }
      switch header.int(1) {
      case 0:
        guard let facts = header.structure(5) else { throw Self.noHeader }
        let count = try Self.count(facts, atMost: left)
        let contents = try decompressed(page, size: wholeSize, budget: &budget)
        try contents.withUnsafeBytes {
          try values($0, facts, count, dictionary, body)
        }
        left -= count
      case 1: break  // An index, of which nothing is needed.
      case 2:
        guard let facts = header.structure(7), dictionary == nil else { throw Self.noHeader }
        guard let encoding = facts.int(2), [0, 2].contains(encoding) else {
          throw ParquetError.unsupported("a dictionary in encoding \(facts.int(2) ?? -1)")
        }
        dictionary = try TextDictionary(
          decompressed(page, size: wholeSize, budget: &budget), count: facts.int(1))
      case 3:
        guard let facts = header.structure(8) else { throw Self.noHeader }
        let count = try Self.count(facts, atMost: left)
        try valuesOfSecondVersion(
          page, size: wholeSize, facts, count, dictionary, budget: &budget, body)
        left -= count
      default: throw ParquetError.damaged("a page of an unknown kind")
      }
    }
  }

  private static var noHeader: ParquetError { .damaged("a page without its header") }

  private static func count(_ facts: ThriftStruct, atMost limit: Int) throws(ParquetError) -> Int {
    guard let count = facts.int(1), 0...limit ~= count else {
      throw .damaged("pages with more values than their column")
    }
    return count
  }

  private func decompressed(
    _ page: UnsafeRawBufferPointer, size: Int, budget: inout Int
  ) throws -> [UInt8] {
    guard size <= budget else { throw ParquetError(.tooLarge(limit: Limit.columnBytes.value)) }
    budget -= size
    guard let codec else {
      guard page.count == size else { throw ParquetError.damaged("a page of another size") }
      return Array(page)
    }
    let contents: [UInt8]
    do { contents = try codec.decompressed(page, limit: size) } catch let error
      as DecompressionError
    { throw ParquetError.damaged(error.description) }
    guard contents.count == size else { throw ParquetError.damaged("a page of another size") }
    return contents
  }

  /// The contents of a page of the first version: definition levels with their length, then values.
  private func values(
    _ page: UnsafeRawBufferPointer, _ facts: ThriftStruct, _ count: Int,
    _ dictionary: TextDictionary?, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    var cursor = ByteCursor(page)
    var levels: UnsafeRawBufferPointer?
    if column.maximumDefinition > 0 {
      guard facts.int(3) == 3 else {
        throw ParquetError.unsupported("levels in encoding \(facts.int(3) ?? -1)")
      }
      levels = try cursor.take(cursor.uint32())
    }
    try decode(
      cursor.take(cursor.remaining), facts.int(2), levels, count, dictionary, body)
  }

  /// A page of the second version: only the values in it are compressed, if they are.
  private func valuesOfSecondVersion(
    _ page: UnsafeRawBufferPointer, size: Int, _ facts: ThriftStruct, _ count: Int,
    _ dictionary: TextDictionary?, budget: inout Int,
    _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    guard let levelSize = facts.int(5), facts.int(6) == 0, levelSize <= size else {
      throw Self.noHeader
    }
    var cursor = ByteCursor(page)
    let levels = try cursor.take(levelSize)
    let rest = try cursor.take(cursor.remaining)
    var contents = Array(rest)
    // A page of nulls may have no values, not even compressed ones.
    if facts.bool(7) ?? true, size > levelSize || !rest.isEmpty {
      contents = try decompressed(rest, size: size - levelSize, budget: &budget)
    } else {
      guard contents.count == size - levelSize else { throw Self.noHeader }
    }
    try contents.withUnsafeBytes {
      try decode(
        $0, facts.int(4), column.maximumDefinition > 0 ? levels : nil, count, dictionary, body)
    }
  }

  /// - Parameter levels: nil where every value is there.
  private func decode(
    _ bytes: UnsafeRawBufferPointer, _ encoding: Int?, _ levels: UnsafeRawBufferPointer?,
    _ count: Int, _ dictionary: TextDictionary?, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    let maximum = column.maximumDefinition
    let width = Int.bitWidth - maximum.leadingZeroBitCount
    var levels = try levels.map { bytes throws(ParquetError) in
      try RunDecoder(bytes, bitWidth: width)
    }
    var values = try PageValues(bytes, encoding, dictionary)
    for _ in 0..<count {
      if let level = try levels?.next(), level != maximum {
        guard level < maximum else { throw ParquetError.damaged("a level beyond its column's") }
        try body(nil)
      } else {
        try values.giveNext(to: body)
      }
    }
    try values.checkEnd()
  }
}
