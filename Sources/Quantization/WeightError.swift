internal import Foundation

/// How far a quantized matrix lies from the original.
public struct WeightError: Hashable, Sendable {
  /// max |w - ŵ|.
  public var maximum: Double
  /// ‖W - Ŵ‖ / ‖W‖ (Frobenius); 0 where both are zero.
  public var relative: Double
  /// Signal to noise in decibels: -20 log₁₀ of `relative`; infinite where there is no error.
  public var signalToNoise: Double

  /// Compares row by row, in Double.
  public init(of quantized: any WeightMatrix, to original: MatrixView) {
    precondition(quantized.rows == original.rows && quantized.columns == original.columns)
    var maximum = 0.0
    var noise = 0.0
    var signal = 0.0
    var row = [Float](repeating: 0, count: original.columns)
    var decoded = row
    for index in 0..<original.rows {
      row.withUnsafeMutableBufferPointer { original.copy(rows: index..<index + 1, into: $0) }
      decoded.withUnsafeMutableBufferPointer { quantized.decodeRow(index, into: $0) }
      for (w, approximation) in zip(row, decoded) {
        let difference = Double(w) - Double(approximation)
        maximum = max(maximum, difference.magnitude)
        noise += difference * difference
        signal += Double(w) * Double(w)
      }
    }
    self.maximum = maximum
    relative = noise == 0 ? 0 : (noise / signal).squareRoot()
    signalToNoise = noise == 0 ? .infinity : 10 * log10(signal / noise)
  }
}
