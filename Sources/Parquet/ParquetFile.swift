import InputLimits
import SafeFiles

/// A Parquet file, of which one column of texts is read: what data sets of texts are published as.
///
/// Our own, as neither a Swift package nor a Debian library for it is to be had. It reads texts that are
/// required or optional, also below optional groups; data pages of both versions; the encodings PLAIN and
/// dictionary; uncompressed, Snappy, gzip and zstd; and compares pages with their checksums, where they
/// have any. All else is refused by its name: lists, LZ4 and Brotli, the DELTA encodings, encryption.
///
/// How the parts follow from one another: `ThriftReader` reads the footer, `ParquetSchema` its columns,
/// `ColumnChunk` the pages of a column, `RunDecoder` levels and places in a dictionary, `PageValues` texts.
///
/// Source: `README.md`, `Encodings.md`, `Compression.md` and `parquet.thrift` of apache/parquet-format 2.11.
public struct ParquetFile {
  private let bytes: UnsafeRawBufferPointer
  private let schema: ParquetSchema
  private let rowGroups: [ThriftStruct]
  /// Where the footer begins.
  private let end: Int
  public let rowCount: Int

  /// A file has fewer, so that even rows of nothing come to an end.
  private static let rowLimit = 1 << 27

  /// Reads the footer.
  ///
  /// - Parameter bytes: all of the file. They must outlive this value.
  public init(_ bytes: UnsafeRawBufferPointer) throws(ParquetError) {
    let magic = Array("PAR1".utf8)
    if bytes.count >= 12, bytes.suffix(4).elementsEqual("PARE".utf8) {
      throw .unsupported("encryption")
    }
    guard bytes.count >= 12, bytes.starts(with: magic), bytes.suffix(4).elementsEqual(magic) else {
      throw .damaged("it does not begin and end with PAR1")
    }
    let length = Int(
      UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count - 8, as: UInt32.self)))
    guard length <= bytes.count - 12 else { throw .damaged("its footer is too long") }
    guard length <= Limit.parquetFooterBytes.value else {
      throw .unsupported("a footer of \(length) bytes (\(Limit.parquetFooterBytes.cure))")
    }
    end = bytes.count - 8 - length
    var reader = ThriftReader(UnsafeRawBufferPointer(rebasing: bytes[end..<bytes.count - 8]))
    let footer = try reader.structure()
    guard footer.structure(8) == nil else { throw .unsupported("encryption") }
    guard let elements = footer.structures(2), let rowCount = footer.int(3),
      let rowGroups = footer.structures(4), 0...Self.rowLimit ~= rowCount
    else { throw .damaged("its footer lacks something") }
    self.bytes = bytes
    self.rowCount = rowCount
    self.rowGroups = rowGroups
    schema = try ParquetSchema(elements)
  }

  /// The names of the columns that `forEachText` reads; `a.b` for `b` in the group `a`.
  public var textColumns: [String] {
    schema.columns.filter { $0.isText && !$0.isRepeated }.map(\.name)
  }

  /// Gives each text of a column, in the order of the rows.
  ///
  /// - Parameters:
  ///   - name: as `textColumns` has it.
  ///   - body: is given the text's bytes, which are not checked for UTF-8; nil for null.
  /// - Throws: `ParquetError`, `CancellationError`, what `body` throws.
  public func forEachText(
    in name: String, _ body: (UnsafeRawBufferPointer?) throws -> Void
  ) throws {
    guard
      let index = schema.columns.firstIndex(where: {
        $0.name == name && $0.isText && !$0.isRepeated
      })
    else {
      throw ParquetError(.noTexts(name, known: schema.columns.map(\.description)))
    }
    let column = schema.columns[index]
    var rows = 0
    var budget = Limit.columnBytes.value
    for group in rowGroups {
      guard let count = group.int(3), 0...(rowCount - rows) ~= count,
        let chunks = group.structures(1), chunks.count == schema.columns.count
      else { throw ParquetError.damaged("a row group of another size") }
      rows += count
      let chunk = chunks[index]
      guard chunk.text(1) == nil else { throw ParquetError.unsupported("columns in other files") }
      guard chunk.structure(8) == nil else { throw ParquetError.unsupported("encryption") }
      guard let metadata = chunk.structure(3), metadata.int(1) == 6,
        metadata.texts(3) == column.path
      else { throw ParquetError.damaged("a column that is another than in the schema") }
      try ColumnChunk(metadata, of: column, in: bytes, end: end, rowCount: count)
        .forEachText(budget: &budget, body)
    }
    guard rows == rowCount else { throw ParquetError.damaged("fewer rows than it says") }
  }
}
