/// An input that is made from others by a few random changes, as libFuzzer makes them, without its eyes for
/// what they reach.
struct MutatedInput {
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]
  private let longest: Int
  private var state: UInt64

  /// Numbers at which lengths and counts go wrong.
  private static let extremes: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0xFFFF_FFFF, 1 << 62, 1 << 63, .max,
  ]

  /// - Parameters:
  ///   - words: what the format has, to be put in anywhere.
  ///   - longest: bytes of the longest input.
  ///   - state: equal ones give equal inputs.
  init(of seeds: [[UInt8]], words: [[UInt8]], longest: Int, state: UInt64) {
    self.seeds = seeds
    self.words = words
    self.longest = longest
    self.state = state
  }

  mutating func next() -> [UInt8] {
    guard var bytes = element(of: seeds) else { return [] }
    for _ in 0...below(4) { change(&bytes) }
    return Array(bytes.prefix(longest))
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let at = below(bytes.count + 1)
    let end = at + below(min(64, bytes.count - at) + 1)
    switch below(8) {
    case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(below(8))
    case 1 where at < bytes.count: bytes[at] = UInt8(below(256))
    case 2: bytes.removeSubrange(at..<end)
    case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
    case 4: bytes.insert(contentsOf: element(of: words) ?? [0], at: at)
    case 5:
      // The beginning of this one and the end of another.
      let other = element(of: seeds) ?? []
      bytes = Array(bytes[..<at] + other.dropFirst(below(other.count + 1)))
    case 6:
      let width = 1 << below(4)
      guard at + width <= bytes.count else { return }
      let number = element(of: Self.extremes) ?? 0
      for index in 0..<width {
        bytes[at + index] = UInt8(truncatingIfNeeded: number >> (8 * index))
      }
    default:
      bytes.insert(contentsOf: [UInt8](repeating: UInt8(below(256)), count: below(9)), at: at)
    }
  }

  private mutating func element<Element>(of list: [Element]) -> Element? {
    list.isEmpty ? nil : list[below(list.count)]
  }

  /// SplitMix64.
  private mutating func below(_ count: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var number = state
    number = (number ^ (number >> 30)) &* 0xBF58_476D_1CE4_E5B9
    number = (number ^ (number >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((number ^ (number >> 31)) % UInt64(max(count, 1)))
  }
}
