/// The tokens of words met before, in a table of 2 MiB that never grows.
///
/// A word has two places. A new one takes the first, and what was there the second: whatever a text
/// holds, no word costs more than to merge it. Long words are not kept, since they seldom come again.
struct WordCache: ~Copyable, @unchecked Sendable {
  // @unchecked: the table has no other owner, and only `insert` writes to it.

  private static let pairCount = 1 << 14
  private static let keyBytes = MemoryLayout<WordKey>.size
  private static let placeBytes = 64
  /// The most tokens that are kept of a word.
  static let tokenLimit = (placeBytes - keyBytes) / MemoryLayout<Int32>.size

  /// Pairs of places: of each word its key and its tokens, one cache line; -1 ends fewer tokens than
  /// fit.
  private let places: UnsafeMutableRawPointer

  init() {
    let byteCount = Self.pairCount * 2 * Self.placeBytes
    places = .allocate(byteCount: byteCount, alignment: Self.placeBytes)
    // A free place has the key of no word.
    places.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
  }

  deinit { places.deallocate() }

  /// Appends the tokens of a known word; false when the word is new.
  @inline(__always)
  func append(_ key: WordKey, to output: inout [Int32]) -> Bool {
    var place = firstPlace(of: key)
    if place.load(as: WordKey.self) != key {
      place += Self.placeBytes
      if place.load(as: WordKey.self) != key { return false }
    }
    let tokens = tokens(in: place)
    output.append(tokens[0])
    for index in 1..<Self.tokenLimit {
      if tokens[index] < 0 { break }
      output.append(tokens[index])
    }
    return true
  }

  /// Remembers the tokens of a word, unless there are too many.
  mutating func insert(_ key: WordKey, _ wordTokens: [Int32]) {
    guard 1...Self.tokenLimit ~= wordTokens.count else { return }
    let place = firstPlace(of: key)
    (place + Self.placeBytes).copyMemory(from: place, byteCount: Self.placeBytes)
    place.storeBytes(of: key, as: WordKey.self)
    let tokens = tokens(in: place)
    for index in 0..<Self.tokenLimit {
      tokens[index] = index < wordTokens.count ? wordTokens[index] : -1
    }
  }

  @inline(__always)
  private func firstPlace(of key: WordKey) -> UnsafeMutableRawPointer {
    let pair = Int(truncatingIfNeeded: key.hash & UInt64(Self.pairCount - 1))
    return places + pair * 2 * Self.placeBytes
  }

  @inline(__always)
  private func tokens(in place: UnsafeMutableRawPointer) -> UnsafeMutablePointer<Int32> {
    (place + Self.keyBytes).assumingMemoryBound(to: Int32.self)
  }
}

/// A short word as three numbers: its bytes, zeros, and its length in the last byte.
struct WordKey: Equatable, BitwiseCopyable {
  /// The most bytes of a word that has a key.
  static let byteLimit = 23

  private var first: UInt64 = 0
  private var second: UInt64 = 0
  private var third: UInt64 = 0

  /// The key of the word at `range` of `text`; nil for a longer one.
  @inline(__always)
  init?(_ text: UnsafeRawBufferPointer, _ range: Range<Int>) {
    let count = range.count
    guard count <= Self.byteLimit else { return nil }
    if range.lowerBound + 24 <= text.count {
      func bytes(_ offset: Int) -> UInt64 {
        let word = text.loadUnaligned(fromByteOffset: range.lowerBound + offset, as: UInt64.self)
        let rest = count - offset
        return rest >= 8 ? word : rest <= 0 ? 0 : word & (1 << UInt64(8 * rest) - 1)
      }
      (first, second, third) = (bytes(0), bytes(8), bytes(16))
    } else {
      withUnsafeMutableBytes(of: &self) {
        $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: text[range]))
      }
    }
    third |= UInt64(count) << 56
  }

  /// Of multiplications, which wrap around by their definition.
  @inline(__always)
  var hash: UInt64 {
    var hash = first &* 0x9E37_79B9_7F4A_7C15
    hash = (hash ^ hash >> 32 ^ second) &* 0xBF58_476D_1CE4_E5B9
    hash = (hash ^ hash >> 32 ^ third) &* 0x94D0_49BB_1331_11EB
    return hash ^ hash >> 32
  }

  @inline(__always)
  static func == (a: Self, b: Self) -> Bool {
    (a.first ^ b.first) | (a.second ^ b.second) | (a.third ^ b.third) == 0
  }
}
