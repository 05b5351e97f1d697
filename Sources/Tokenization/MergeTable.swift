/// Which neighbouring tokens merge, in which order, and into what: an open-addressing hash table.
struct MergeTable: Sendable {
  /// A merge of two tokens: the lower rank is done first.
  struct Merge {
    var rank: Int32
    var result: Int32

    /// That of two tokens that stay apart: it comes after every merge.
    static let none = Merge(rank: .max, result: -1)
  }

  private static let empty = UInt64.max
  private var keys: [UInt64]
  private var merges: [Merge]
  private let mask: Int

  /// An empty table with room for `capacity` merges.
  init(capacity: Int) {
    var size = 16
    while size < 2 * capacity { size *= 2 }
    keys = Array(repeating: Self.empty, count: size)
    merges = Array(repeating: Merge(rank: 0, result: 0), count: size)
    mask = size - 1
  }

  /// Adds a merge; at most `capacity` of them. A pair that occurs again takes the later rank.
  mutating func insert(_ left: Int32, _ right: Int32, _ merge: Merge) {
    let key = Self.key(left, right)
    var slot = Self.slot(key, mask)
    while keys[slot] != Self.empty && keys[slot] != key { slot = (slot + 1) & mask }
    keys[slot] = key
    merges[slot] = merge
  }

  /// The pairs that merge, by rank.
  var pairs: [(left: Int32, right: Int32)] {
    keys.indices.filter { keys[$0] != Self.empty }.sorted { merges[$0].rank < merges[$1].rank }
      .map { slot in
        let key = keys[slot]
        return (
          Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32)),
          Int32(bitPattern: UInt32(truncatingIfNeeded: key))
        )
      }
  }

  /// The merge of `left` with the token `right` that follows it; nil when they stay apart.
  @inline(__always)
  func merge(_ left: Int32, _ right: Int32) -> Merge? {
    let key = Self.key(left, right)
    var slot = Self.slot(key, mask)
    while keys[slot] != key {
      if keys[slot] == Self.empty { return nil }
      slot = (slot + 1) & mask
    }
    return merges[slot]
  }

  private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  /// A hash by multiplication, which wraps around by its definition; the mask keeps it below the table's size.
  private static func slot(_ key: UInt64, _ mask: Int) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 29) & mask
  }
}
