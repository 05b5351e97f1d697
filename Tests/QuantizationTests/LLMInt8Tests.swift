import Kernels
import TestSupport
import Testing

@testable import Quantization

extension QuantizationSuites {
  @Suite struct LLMInt8Tests {
    /// LLM.int8() by its formulas, every step rounded to Float32; the outlier part is summed in
    /// Double.
    func reference(
      _ matrix: LLMInt8Matrix, _ x: [Float], tokens: Int, bias: [Float], threshold: Float
    ) -> (y: [Float], outliers: Set<Int>) {
      let (rows, columns) = (matrix.rows, matrix.columns)
      let codes = matrix.exportedCodes()
      let scales = matrix.exportedScales()
      let half = x.map { Float(float16: $0.float16Bits) }
      var outliers = Set<Int>()
      for (index, h) in half.enumerated() where threshold > 0 && abs(h) >= threshold {
        outliers.insert(index % columns)
      }
      var y = [Float]()
      for t in 0..<tokens {
        let row = half[t * columns..<(t + 1) * columns]
        let absmax = row.map(abs).filter { threshold == 0 || $0 < threshold }.max() ?? 0
        let multiplier = (1 / absmax) * 127
        let activations = row.enumerated().map { c, h -> Int in
          let scaled = (h * multiplier).rounded(.toNearestOrEven)
          return outliers.contains(c) || scaled.isNaN ? 0 : Int(scaled)
        }
        for r in 0..<rows {
          var sum = 0
          for c in 0..<columns { sum += activations[c] * Int(codes[r * columns + c]) }
          var value = Float(sum) * (absmax * scales[r])
          value = value * 6.200124e-05
          value = value + bias[r]
          var apart = 0.0
          for c in outliers {
            let weight = (Float(codes[r * columns + c]) * scales[r]) * (1 / 127 as Float)
            apart += Double(x[t * columns + c]) * Double(weight)
          }
          y.append(outliers.isEmpty ? value : Float(Double(value) + apart))
        }
      }
      return (y, outliers)
    }

    @Test(
      "equals the formulas to the last bit where there is no outlier",
      arguments: KernelPath.available,
      [(1, 1), (3, 15), (17, 63), (48, 64), (63, 65), (65, 100), (100, 130), (96, 768)])
    func exact(path: KernelPath, shape: (rows: Int, columns: Int)) throws {
      let (rows, columns) = shape
      var numbers = Numbers(seed: UInt64(rows + columns))
      let weights = numbers.array(rows * columns)
      let bias = numbers.array(rows)
      try on(path) {
        let matrix = try LLMInt8Matrix(MatrixView(weights, rows: rows, columns: columns))
        for tokens in [1, 2, 3, 4, 5, 8, 17, 64] {
          let x = numbers.array(tokens * columns).map { $0 * 5.9 }
          let expected = reference(matrix, x, tokens: tokens, bias: bias, threshold: 6)
          let y = matrix.product(x, tokens: tokens, bias: bias)
          #expect(y.map(\.bitPattern) == expected.y.map(\.bitPattern), "\(tokens) tokens")
        }
      }
    }

    @Test(
      "outlier columns are multiplied in Float32", arguments: KernelPath.available, [1, 5, 40, 70])
    func outliers(path: KernelPath, count: Int) throws {
      let (rows, columns) = (65, 100)
      var numbers = Numbers(seed: UInt64(count))
      let weights = numbers.array(rows * columns)
      let bias = numbers.array(rows)
      try on(path) {
        let matrix = try LLMInt8Matrix(MatrixView(weights, rows: rows, columns: columns))
        for tokens in [1, 4, 9, 17] {
          var x = numbers.array(tokens * columns).map { $0 * 3 }
          for k in 0..<count { x[(k % tokens) * columns + (k * 37) % columns] = 6 + Float(k) }
          let expected = reference(matrix, x, tokens: tokens, bias: bias, threshold: 6)
          #expect(!expected.outliers.isEmpty)
          let y = matrix.product(x, tokens: tokens, bias: bias)
          // Float32 sums of up to `count` terms of magnitude 6 + count.
          let bound = 1e-7 * Float(count * (6 + count)) + 3e-6
          let worst = zip(y, expected.y).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? .infinity
          #expect(worst <= bound)
        }
      }
    }

    @Test("a value that Float16 rounds up to the threshold is an outlier; threshold 0 has none")
    func threshold() throws {
      var weights = [Float](repeating: 0, count: 16 * 16)
      weights[0] = 1
      let view = MatrixView(weights, rows: 16, columns: 16)
      var x = [Float](repeating: 0.5, count: 16)
      x[0] = 5.9999
      let outlying = try LLMInt8Matrix(view)
      let weight = outlying.decoded()[0]
      #expect(outlying.product(x, tokens: 1, bias: nil)[0] == 5.9999 * weight)
      let plain = try LLMInt8Matrix(view, outlierThreshold: 0)
      #expect(plain.product(x, tokens: 1, bias: nil)[0] == Float(127 * 127) * 6 * 6.200124e-05)
    }

    @Test(
      "activations that are not finite give results that are not", arguments: KernelPath.available)
    func nonFinite(path: KernelPath) throws {
      let view = MatrixView([Float](repeating: 1, count: 48 * 32), rows: 48, columns: 32)
      try on(path) {
        for bad in [Float.nan, .infinity] {
          var x = [Float](repeating: 1, count: 3 * 32)
          x[40] = bad
          let y = try LLMInt8Matrix(view).product(x, tokens: 3, bias: nil)
          #expect(y[48..<96].allSatisfy { !$0.isFinite })
        }
      }
    }

    @Test("weights beyond Float16, and bad thresholds, are refused")
    func refusals() {
      let view = MatrixView([1, 70000], rows: 1, columns: 2, name: "w")
      #expect(throws: QuantizationError.beyondFloat16(tensor: "w", index: 1)) {
        try LLMInt8Matrix(view)
      }
      #expect(throws: QuantizationError.outlierThreshold(-1)) {
        try LLMInt8Matrix(view, outlierThreshold: -1)
      }
    }
  }
}
