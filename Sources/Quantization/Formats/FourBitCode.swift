/// A code of 16 levels for weights scaled to [-1, 1] by the absmax of their block.
public struct FourBitCode: Hashable, Sendable {
  /// "nf4" or "fp4".
  public let name: String
  /// The level of each code.
  public let codebook: [Float]
  /// Codes by ascending level.
  let order: [UInt8]
  /// Between neighbouring levels; a value on a threshold takes the lower level.
  let thresholds: [Float]

  /// The code of 0.
  var zeroCode: UInt8 { codebook.firstIndex(of: 0).map(UInt8.init) ?? 0 }

  /// NF4: quantiles of a normal distribution, equally likely for normally distributed weights.
  ///
  /// Source: Dettmers et al. 2023, arXiv:2305.14314, appendix E; thresholds as in bitsandbytes.
  public static let nf4 = FourBitCode(
    name: "nf4",
    codebook: [
      -1.0, -0.6961928009986877, -0.5250730514526367, -0.39491748809814453,
      -0.28444138169288635, -0.18477343022823334, -0.09105003625154495, 0.0,
      0.07958029955625534, 0.16093020141124725, 0.24611230194568634, 0.33791524171829224,
      0.44070982933044434, 0.5626170039176941, 0.7229568362236023, 1.0,
    ],
    order: Array(0..<16))

  /// FP4: one sign, two exponent and one mantissa bits, over 12; code 8 is the negative zero.
  ///
  /// bitsandbytes' CPU rule: 0 < x ≤ 0.0026 takes code 8, -0.0026 < x ≤ 0 takes code 0.
  public static let fp4: FourBitCode = {
    let magnitudes: [Float] = [
      0, 0.0052083334885537624, 2.0 / 3, 1, 1.0 / 3, 1.0 / 2, 1.0 / 6, 1.0 / 4,
    ]
    return FourBitCode(
      name: "fp4", codebook: magnitudes + magnitudes.map { $0 == 0 ? 0 : -$0 },
      order: [11, 10, 13, 12, 15, 14, 9, 0, 8, 1, 6, 7, 4, 5, 2, 3])
  }()

  /// FP4 by bitsandbytes' CUDA rule: magnitudes above a threshold take the greater level, so ties go
  /// towards zero; a small negative value takes code 8, zero and a small positive one code 0.
  ///
  /// The thresholds are the literals of `csrc/kernels.cu`, `dQuantizeFP4`.
  public static let fp4CUDA: FourBitCode = {
    let magnitudes: [Float] = [
      0.00260417, 0.0859375, 0.20833333, 0.29166667, 0.4166667, 0.583333, 0.8333333,
    ]
    // A value on a threshold takes the lower level, so those of negative values lie one float lower.
    let negative = magnitudes.reversed().map { (-$0).nextDown }
    return FourBitCode(
      name: "fp4", codebook: fp4.codebook,
      order: [11, 10, 13, 12, 15, 14, 9, 8, 0, 1, 6, 7, 4, 5, 2, 3],
      thresholds: negative + [(0 as Float).nextDown] + magnitudes)
  }()

  /// This code by another rule. NF4 has but one.
  func following(_ rule: CodeRule) -> Self {
    guard name == Self.fp4.name else { return self }
    return rule == .cuda ? .fp4CUDA : .fp4
  }

  private init(name: String, codebook: [Float], order: [UInt8], thresholds: [Float]) {
    self.name = name
    self.codebook = codebook
    self.order = order
    self.thresholds = thresholds
  }

  private init(name: String, codebook: [Float], order: [UInt8]) {
    self.name = name
    self.codebook = codebook
    self.order = order
    let levels = order.map { codebook[Int($0)] }
    thresholds = zip(levels, levels.dropFirst()).map { ($0 + $1) * 0.5 }
  }
}
