/// The values of a page that are not null, one after the other.
enum PageValues {
  /// Each with its length before it.
  case plain(ByteCursor)
  /// Places in a dictionary.
  case places(RunDecoder, TextDictionary)

  init(
    _ bytes: UnsafeRawBufferPointer, _ encoding: Int?, _ dictionary: TextDictionary?
  ) throws(ParquetError) {
    let others = [
      3: "RLE", 4: "BIT_PACKED", 5: "DELTA_BINARY_PACKED", 6: "DELTA_LENGTH_BYTE_ARRAY",
      7: "DELTA_BYTE_ARRAY", 9: "BYTE_STREAM_SPLIT",
    ]
    switch encoding {
    case 0: self = .plain(ByteCursor(bytes))
    case 2, 8:
      guard let dictionary else { throw .damaged("a page without its dictionary") }
      // A page of nulls may have no width.
      let width = bytes.first ?? 0
      self = .places(
        try RunDecoder(UnsafeRawBufferPointer(rebasing: bytes.dropFirst()), bitWidth: Int(width)),
        dictionary)
    case let encoding?: throw .unsupported("encoding \(others[encoding] ?? "\(encoding)")")
    case nil: throw .damaged("a page without its encoding")
    }
  }

  mutating func giveNext(to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    switch self {
    case .plain(var cursor):
      try body(cursor.take(cursor.uint32()))
      self = .plain(cursor)
    case .places(var decoder, let dictionary):
      let place = try decoder.next()
      self = .places(decoder, dictionary)
      try dictionary.give(place, to: body)
    }
  }

  /// - Throws: where values are left that nobody asked for.
  func checkEnd() throws(ParquetError) {
    if case .plain(let cursor) = self, cursor.remaining > 0 {
      throw .damaged("a page with more values than it says")
    }
  }
}

/// The texts that pages name by their places.
struct TextDictionary {
  private let bytes: [UInt8]
  private let ranges: [Range<Int>]

  init(_ bytes: [UInt8], count: Int?) throws(ParquetError) {
    // Each has four bytes for its length.
    guard let count, 0...(bytes.count / 4) ~= count else {
      throw .damaged("a dictionary of another size")
    }
    var ranges: [Range<Int>] = []
    var failure: ParquetError?
    bytes.withUnsafeBytes { buffer in
      var cursor = ByteCursor(buffer)
      do throws(ParquetError) {
        for _ in 0..<count {
          let length = try cursor.uint32()
          let start = cursor.offset
          _ = try cursor.take(length)
          ranges.append(start..<start + length)
        }
        guard cursor.remaining == 0 else { throw .damaged("a dictionary of another size") }
      } catch { failure = error }
    }
    if let failure { throw failure }
    self.bytes = bytes
    self.ranges = ranges
  }

  func give(_ place: Int, to body: (UnsafeRawBufferPointer) throws -> Void) throws {
    guard ranges.indices.contains(place) else {
      throw ParquetError.damaged("a place outside the dictionary")
    }
    try bytes.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[ranges[place]])) }
  }
}
