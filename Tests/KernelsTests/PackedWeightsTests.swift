import TestSupport
import Testing

@testable import Kernels

extension KernelSuites {
  @Suite struct PackedWeightsTests {
    static let shapes = [
      (1, 1), (3, 15), (15, 3), (16, 16), (17, 63), (48, 64), (63, 65), (64, 17), (65, 100),
      (100, 128), (49, 257), (130, 300),
    ]
    static let tokenCounts = [1, 2, 3, 4, 5, 8, 17, 64, 130]

    @Test(
      "products of Float32 weights equal plain sums in Double, in both orientations",
      arguments: KernelPath.available, shapes)
    func product(path: KernelPath, shape: (rows: Int, columns: Int)) throws {
      let (rows, columns) = shape
      var numbers = Numbers(seed: UInt64(rows * 1000 + columns))
      let outIn = numbers.array(rows * columns)
      var inOut = outIn
      for r in 0..<rows { for c in 0..<columns { inOut[c * rows + r] = outIn[r * columns + c] } }
      let bias = numbers.array(rows)
      try on(path) {
        for tokens in Self.tokenCounts {
          let x = numbers.array(tokens * columns)
          for (format, weights) in [
            (PackedWeights.Format.float32OutIn, outIn), (.float32InOut, inOut),
          ] {
            for useBias in [true, false] {
              var y = [Float](repeating: .nan, count: tokens * rows)
              weights.withUnsafeBytes { w in
                let packed = PackedWeights(
                  format, rows: rows, columns: columns, weights: w.baseAddress)
                x.withUnsafeBufferPointer { x in
                  bias.withUnsafeBufferPointer { bias in
                    y.withUnsafeMutableBufferPointer { y in
                      packed.multiply(x, tokens: tokens, bias: useBias ? bias : nil, into: y)
                    }
                  }
                }
              }
              var worst = 0.0
              for t in 0..<tokens {
                for r in 0..<rows {
                  var sum = useBias ? Double(bias[r]) : 0
                  var size = abs(sum)
                  for c in 0..<columns {
                    let term = Double(x[t * columns + c]) * Double(outIn[r * columns + c])
                    sum += term
                    size += abs(term)
                  }
                  worst = max(worst, abs(sum - Double(y[t * rows + r])) / size)
                }
              }
              #expect(worst <= 2e-6, "\(format), \(tokens) tokens")
            }
          }
        }
      }
    }

    @Test("decoded rows are the weights, bit for bit", arguments: KernelPath.available, shapes)
    func decode(path: KernelPath, shape: (rows: Int, columns: Int)) throws {
      let (rows, columns) = shape
      let weights = (0..<rows * columns).map(Float.init)
      try on(path) {
        for range in [0..<rows, rows - 1..<rows, rows / 2..<rows] {
          var out = [Float](repeating: .nan, count: range.count * columns)
          weights.withUnsafeBytes { w in
            out.withUnsafeMutableBufferPointer {
              PackedWeights(.float32OutIn, rows: rows, columns: columns, weights: w.baseAddress)
                .decode(rows: range, into: $0)
            }
          }
          #expect(out == Array(weights[range.lowerBound * columns..<range.upperBound * columns]))
        }
      }
    }
  }
}
