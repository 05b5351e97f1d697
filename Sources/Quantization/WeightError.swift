internal import Foundation
internal import Kernels
internal import Synchronization

/// How far quantized weights lie from the originals, computed in Double.
public struct WeightError: Hashable, Sendable {
  /// max |w - ŵ|.
  public var maximum: Double
  /// ‖W - Ŵ‖ / ‖W‖ (Frobenius); 0 where both are zero.
  public var relative: Double
  /// Signal to noise in decibels: -20 log₁₀ of `relative`; infinite where there is no error.
  public var signalToNoise: Double
  private let sums: Sums

  /// Compares matrices, on all threads. The result does not depend on how many there are.
  public init(of quantized: any WeightMatrix, to original: MatrixView) {
    precondition(quantized.rows == original.rows && quantized.columns == original.columns)
    let blocks = (original.rows + Self.blockRows - 1) / Self.blockRows
    let parts = Mutex([Sums](repeating: Sums(), count: blocks))
    ThreadPool.forEach(blocks) { block in
      let start = block * Self.blockRows
      let rows = start..<min(start + Self.blockRows, original.rows)
      let sums = Self.sums(of: quantized, to: original, rows: rows)
      parts.withLock { $0[block] = sums }
    }
    self.init(parts.withLock { $0.reduce(into: Sums()) { $0.add($1) } })
  }

  private static let blockRows = 64

  private static func sums(
    of quantized: any WeightMatrix, to original: MatrixView, rows: Range<Int>
  ) -> Sums {
    var sums = Sums()
    var row = [Float](repeating: 0, count: original.columns)
    var decoded = row
    for index in rows {
      row.withUnsafeMutableBufferPointer { original.copy(rows: index..<index + 1, into: $0) }
      decoded.withUnsafeMutableBufferPointer { quantized.decodeRow(index, into: $0) }
      sums.add(decoded, to: row)
    }
    return sums
  }

  /// Compares vectors of equal length.
  public init(of quantized: [Float], to original: [Float]) {
    precondition(quantized.count == original.count)
    var sums = Sums()
    sums.add(quantized, to: original)
    self.init(sums)
  }

  /// Of several tensors taken as one; nil of none.
  public init?(together errors: [WeightError]) {
    guard !errors.isEmpty else { return nil }
    self.init(errors.reduce(into: Sums()) { $0.add($1.sums) })
  }

  private init(_ sums: Sums) {
    self.sums = sums
    maximum = sums.maximum
    relative = sums.noise == 0 ? 0 : (sums.noise / sums.signal).squareRoot()
    signalToNoise = sums.noise == 0 ? .infinity : 10 * log10(sums.signal / sums.noise)
  }

  private struct Sums: Hashable {
    var maximum = 0.0
    var noise = 0.0
    var signal = 0.0

    mutating func add(_ other: Sums) {
      maximum = max(maximum, other.maximum)
      noise += other.noise
      signal += other.signal
    }

    mutating func add(_ quantized: [Float], to original: [Float]) {
      for index in original.indices {
        let w = Double(original[index])
        let difference = w - Double(quantized[index])
        maximum = max(maximum, difference.magnitude)
        noise += difference * difference
        signal += w * w
      }
    }
  }
}
