/// The absmax of four-bit blocks, quantized to 8 bits themselves: absmax = map[code] × nested + mean,
/// one nested scale for 256 blocks. 4.127 bits per weight at block size 64, instead of 4.5.
///
/// Equal to bitsandbytes' `compress_statistics` on a CPU. Source: Dettmers et al. 2023,
/// arXiv:2305.14314, section 3.
public struct DoubleQuantization: Hashable, Sendable {
  /// Blocks that share a nested scale.
  public static let blocksPerScale = 256

  /// One for each block.
  public let codes: [UInt8]
  /// One for 256 blocks.
  public let nestedScales: [Float]
  /// The mean of all absmax.
  public let mean: Float

  /// Encodes the absmax of all blocks in order.
  public init(_ absmax: [Float], rule: CodeRule = .cpu) {
    let mean = Float(absmax.reduce(0.0) { $0 + Double($1) } / Double(max(absmax.count, 1)))
    var codes = [UInt8]()
    var nestedScales = [Float]()
    codes.reserveCapacity(absmax.count)
    for start in stride(from: 0, to: absmax.count, by: Self.blocksPerScale) {
      let differences = absmax[start..<min(start + Self.blocksPerScale, absmax.count)].map {
        $0 - mean
      }
      let scale = differences.map(\.magnitude).max() ?? 0
      nestedScales.append(scale)
      let inverse = 1 / scale
      // The reciprocal of the smallest scales overflows, and 0 times it is no number.
      codes += differences.map {
        scale == 0 ? 0 : Self.code(inverse.isFinite ? $0 * inverse : $0 / scale, by: rule)
      }
    }
    self.codes = codes
    self.nestedScales = nestedScales
    self.mean = mean
  }

  /// What was encoded before: a code for each block, a nested scale for 256.
  public init(codes: [UInt8], nestedScales: [Float], mean: Float) {
    precondition(
      nestedScales.count == (codes.count + Self.blocksPerScale - 1) / Self.blocksPerScale)
    self.codes = codes
    self.nestedScales = nestedScales
    self.mean = mean
  }

  /// The absmax of one block as it is used.
  public func absmax(block: Int) -> Float {
    Self.dynamicMap[Int(codes[block])] * nestedScales[block / Self.blocksPerScale] + mean
  }

  private static func code(_ value: Float, by rule: CodeRule) -> UInt8 {
    let clamped = min(max(value, -1), 1)
    switch rule {
    case .cpu: return binned(clamped)
    case .cuda: return nearest(to: clamped)
    }
  }

  /// The nearest entry, found by halving steps from the middle; a tie stays at the last entry looked
  /// at.
  private static func nearest(to value: Float) -> UInt8 {
    var pivot = 127
    var lower = 0
    var upper = 255
    for step in [64, 32, 16, 8, 4, 2, 1] {
      if value > dynamicMap[pivot] {
        lower = pivot
        pivot += step
      } else {
        upper = pivot
        pivot -= step
      }
    }
    let isAbove = value > dynamicMap[pivot]
    let neighbour = isAbove ? upper : lower
    let midpoint = (dynamicMap[neighbour] + dynamicMap[pivot]) * 0.5
    let isNearer = isAbove ? value > midpoint : value < midpoint
    return UInt8(isNearer ? neighbour : pivot)
  }

  /// A table of 65536 bins; 0.1 to 0.2 % of codes are not the nearest.
  private static func binned(_ clamped: Float) -> UInt8 {
    bins[Int((clamped + 1) * 0.5 * 65535 + 0.5)]
  }

  /// bins[i] = how many midpoints of the map lie below -1 + 2i/65535.
  private static let bins: [UInt8] = {
    let midpoints = zip(dynamicMap, dynamicMap.dropFirst()).map { 0.5 * ($0 + $1) }
    var below = 0
    return (0...65535).map { bin in
      let value = -1 + 2 * Float(bin) / 65535
      while below < midpoints.count, midpoints[below] < value { below += 1 }
      return UInt8(below)
    }
  }()

  /// bitsandbytes' signed dynamic map, 256 ascending values: for i in 0...6 the middles of 2^i equal
  /// parts of [0.1, 1], times 10^(i-6), with both signs, and 0 and 1.
  public static let dynamicMap: [Float] = {
    let powers: [Float] = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1]
    var positive = [Float]()
    for (i, power) in powers.enumerated() {
      let parts = 1 << i
      let step = (1 - 0.1 as Float) / Float(parts)
      // As torch.linspace has it: from either end towards the middle, fused.
      let bounds = (0...parts).map { k -> Float in
        k < (parts + 1) / 2
          ? (0.1 as Float).addingProduct(step, Float(k))
          : (1 as Float).addingProduct(-step, Float(parts - k))
      }
      positive += zip(bounds, bounds.dropFirst()).map { ($0 + $1) / 2 * power }
    }
    return (positive.map { -$0 } + positive + [0, 1]).sorted()
  }()
}
