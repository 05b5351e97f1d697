import Kernels
import TestSupport
import Testing

@testable import Quantization

extension QuantizationSuites {
  /// `compute: int8`: activations and four-bit levels rounded to INT8.
  @Suite struct IntegerProductTests {
    /// Activations as their codes stand for them: rint(x · 127 / absmax) · absmax / 127.
    func rounded(_ x: [Float], columns: Int) -> [Float] {
      stride(from: 0, to: x.count, by: columns).flatMap { start -> [Float] in
        let row = x[start..<start + columns]
        let absmax = row.map(abs).max() ?? 0
        return row.map { value in
          let code = absmax > 0 ? (value * (127 / absmax)).rounded(.toNearestOrEven) : 0
          return code * (absmax / 127)
        }
      }
    }

    /// Weights by levels rounded to 1/127, [rows, columns].
    func rounded(_ matrix: FourBitMatrix) -> [Float] {
      let levels = matrix.code.codebook.map { ($0 * 127).rounded(.toNearestOrEven) / 127 }
      let bytes = matrix.exportedCodes()
      let absmax = matrix.exportedAbsmax()
      return (0..<matrix.rows * matrix.columns).map { index in
        let byte = bytes[index / 2]
        let code = index % 2 == 0 ? byte >> 4 : byte & 15
        return levels[Int(code)] * absmax[index / matrix.blockSize]
      }
    }

    static let tokenCounts = [1, 2, 4, 5, 8, 13, 70]

    /// The greatest error of a product of each of `tokenCounts`; infinite where a token of zeros does
    /// not give exactly its bias.
    func errors(
      of matrix: some WeightMatrix, weights: [Float], _ numbers: inout Numbers
    ) -> [Double] {
      let (rows, columns) = (matrix.rows, matrix.columns)
      let bias = numbers.array(rows)
      return Self.tokenCounts.map { tokens in
        var x = numbers.array(tokens * columns)
        for c in 0..<columns { x[c] = 0 }
        let y = matrix.product(x, tokens: tokens, bias: bias)
        guard Array(y[..<rows]) == bias else { return .infinity }
        return worstError(
          y, rounded(x, columns: columns), weights, bias, tokens: tokens, rows: rows,
          columns: columns)
      }
    }

    @Test(
      "INT8 weights: integer sums of rounded activations", arguments: KernelPath.available,
      [(1, 1), (3, 15), (17, 63), (48, 64), (65, 100), (49, 1100), (100, 130)])
    func int8(path: KernelPath, shape: (rows: Int, columns: Int)) throws {
      var numbers = Numbers(seed: UInt64(shape.rows * 10 + shape.columns))
      let weights = numbers.array(shape.rows * shape.columns)
      let view = MatrixView(weights, rows: shape.rows, columns: shape.columns)
      try on(path) {
        for granularity in [Int8Coding.Granularity.tensor, .channel, .group(32), .group(40)] {
          let coding = Int8Coding(granularity: granularity)
          let matrix = try Int8Matrix(view, coding: coding, compute: .int8)
          let found = errors(of: matrix, weights: matrix.decoded(), &numbers)
          #expect(found.allSatisfy { $0 <= 2e-6 }, "\(granularity): \(found)")
        }
      }
    }

    @Test(
      "four-bit weights: their levels rounded too", arguments: KernelPath.available,
      [FourBitCode.nf4, .fp4])
    func fourBit(path: KernelPath, code: FourBitCode) throws {
      var numbers = Numbers(seed: 5)
      try on(path) {
        for (rows, columns) in [(1, 64), (17, 64), (48, 128), (65, 192), (50, 1152)] {
          let view = MatrixView(
            numbers.array(rows * columns), rows: rows, columns: columns)
          for double in [false, true] {
            let matrix = try FourBitMatrix(
              view, code: code, doubleQuantized: double, compute: .int8)
            let found = errors(of: matrix, weights: rounded(matrix), &numbers)
            #expect(found.allSatisfy { $0 <= 2e-6 }, "\(rows) x \(columns): \(found)")
          }
        }
      }
    }

    @Test("an activation that is not finite makes its token's results NaN, others not")
    func nonFinite() throws {
      var numbers = Numbers(seed: 6)
      let view = MatrixView(numbers.array(48 * 64), rows: 48, columns: 64)
      let matrix = try FourBitMatrix(view, code: .nf4, compute: .int8)
      for bad in [Float.nan, .infinity] {
        for tokens in [2, 9] {
          var x = numbers.array(tokens * 64)
          x[70] = bad
          let y = matrix.product(x, tokens: tokens, bias: nil)
          for t in 0..<tokens {
            #expect(y[t * 48..<(t + 1) * 48].allSatisfy { $0.isNaN == (t == 1) })
          }
        }
      }
    }

    @Test("what has no integer product is refused")
    func refused() throws {
      let view = MatrixView([Float](repeating: 0.5, count: 30 * 10), rows: 30, columns: 10)
      let expected = QuantizationError.noIntegerProduct(tensor: view.name)
      #expect(throws: expected) { try FourBitMatrix(view, code: .nf4, compute: .int8) }
      #expect(throws: expected) {
        try Int8Matrix(view, coding: Int8Coding(mapping: .zeroPoint), compute: .int8)
      }
      #expect(throws: expected) {
        try Int8Matrix(view, coding: Int8Coding(granularity: .group(3)), compute: .int8)
      }
    }
  }
}
