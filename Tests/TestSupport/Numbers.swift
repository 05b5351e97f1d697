/// The generator of Steele, Lea and Flood 2014: random numbers that are the same in every run.
public struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Reproducible numbers in -1 ..< 1.
public struct Numbers {
  private var generator: SplitMix64

  public init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  public mutating func next() -> Float {
    Float(Int64(bitPattern: generator.next()) >> 40) / Float(1 << 23)
  }

  public mutating func array(_ count: Int) -> [Float] { (0..<count).map { _ in next() } }
}
