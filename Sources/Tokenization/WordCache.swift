/// The tokens of words met before: a bounded hash table that starts anew when it is full.
struct WordCache {
  private struct Entry {
    var hash: UInt64 = 0
    var word: Range<Int32> = 0..<0
    var tokens: Range<Int32> = 0..<0
  }

  private static let slotCount = 1 << 16
  private static let wordLimit = 64
  private static let byteLimit = 1 << 22

  private var entries = [Entry](repeating: Entry(), count: slotCount)
  private var bytes: [UInt8] = []
  private var tokens: [Int32] = []
  private var count = 0

  /// A hash of the word, never 0 (which marks a free slot).
  @inline(__always)
  static func hash(_ word: UnsafeBufferPointer<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(word.count)
    var rest = UnsafeRawBufferPointer(word)
    while rest.count >= 8 {
      hash = (hash ^ rest.loadUnaligned(as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
      hash ^= hash >> 32
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(8))
    }
    var tail: UInt64 = 0
    for byte in rest { tail = tail << 8 | UInt64(byte) }
    hash = (hash ^ tail) &* 0x9E37_79B9_7F4A_7C15
    hash ^= hash >> 29
    return hash | 1
  }

  /// Appends the tokens of a known word; false when the word is new.
  @inline(__always)
  func append(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, to output: inout [Int32]
  ) -> Bool {
    var slot = Int(truncatingIfNeeded: hash >> 16) & (Self.slotCount - 1)
    while entries[slot].hash != 0 {
      let entry = entries[slot]
      if entry.hash == hash, entry.word.count == word.count, isEqual(entry.word, word) {
        for index in entry.tokens { output.append(tokens[Int(index)]) }
        return true
      }
      slot = (slot + 1) & (Self.slotCount - 1)
    }
    return false
  }

  /// Remembers a new word, unless it is too long to come again.
  mutating func insert(
    _ word: UnsafeBufferPointer<UInt8>, _ hash: UInt64, _ wordTokens: [Int32]
  ) {
    guard word.count <= Self.wordLimit else { return }
    if 2 * count >= Self.slotCount || bytes.count >= Self.byteLimit { self = Self() }
    var slot = Int(truncatingIfNeeded: hash >> 16) & (Self.slotCount - 1)
    while entries[slot].hash != 0 { slot = (slot + 1) & (Self.slotCount - 1) }
    let wordStart = Int32(bytes.count)
    let tokenStart = Int32(tokens.count)
    bytes.append(contentsOf: word)
    tokens.append(contentsOf: wordTokens)
    entries[slot] = Entry(
      hash: hash, word: wordStart..<Int32(bytes.count), tokens: tokenStart..<Int32(tokens.count))
    count += 1
  }

  private func isEqual(_ range: Range<Int32>, _ word: UnsafeBufferPointer<UInt8>) -> Bool {
    var index = Int(range.lowerBound)
    for byte in word {
      if bytes[index] != byte { return false }
      index += 1
    }
    return true
  }
}
