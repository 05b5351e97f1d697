import Kernels
import TestSupport
import Testing

@testable import Quantization

extension QuantizationSuites {
  /// Laws that every format obeys whatever the weights are.
  @Suite struct PropertyTests {
    private static let rows = 40
    private static let columns = 128

    /// Rows of different magnitudes, 2⁻⁴ to 2³.
    private static func weights(seed: UInt64) -> [Float] {
      var numbers = Numbers(seed: seed)
      return (0..<rows * columns).map {
        numbers.next() * Float(sign: .plus, exponent: $0 / 640 - 4, significand: 1)
      }
    }

    private static func view(_ weights: [Float]) -> MatrixView {
      MatrixView(weights, rows: rows, columns: columns)
    }

    private static func absmax(_ weights: some Sequence<Float>) -> Float {
      weights.map(\.magnitude).max() ?? 0
    }

    // MARK: bounds of the error

    @Test("INT8 by absmax errs by half a scale at most", arguments: [1, 2, 3] as [UInt64])
    func int8Bound(seed: UInt64) throws {
      let weights = Self.weights(seed: seed)
      let runs: [(Int8Coding.Granularity, Int)] = [
        (.tensor, weights.count), (.channel, Self.columns), (.group(32), 32),
      ]
      for (granularity, size) in runs {
        let coding = Int8Coding(granularity: granularity)
        let decoded = try Int8Matrix(Self.view(weights), coding: coding).decoded()
        for start in stride(from: 0, to: weights.count, by: size) {
          let scale = Self.absmax(weights[start..<start + size]) / 127
          for index in start..<start + size {
            #expect((weights[index] - decoded[index]).magnitude <= 0.50002 * scale)
          }
        }
      }
    }

    @Test("INT8 by zero point errs by half a scale at most", arguments: [4, 5] as [UInt64])
    func zeroPointBound(seed: UInt64) throws {
      // Not centred, so that the zero point matters.
      let weights = Self.weights(seed: seed).map { $0 + 0.25 }
      let coding = Int8Coding(granularity: .channel, mapping: .zeroPoint)
      let decoded = try Int8Matrix(Self.view(weights), coding: coding).decoded()
      for row in 0..<Self.rows {
        let range = row * Self.columns..<(row + 1) * Self.columns
        let high = max(weights[range].max() ?? 0, 0)
        let low = min(weights[range].min() ?? 0, 0)
        for index in range {
          #expect((weights[index] - decoded[index]).magnitude <= 0.5002 * (high - low) / 255)
        }
      }
    }

    @Test("each block has its own absmax, whether it ends within 16 rows or not")
    func blockAbsmax() throws {
      for (rows, columns) in [(40, 128), (40, 33), (3, 5), (33, 40)] {
        var numbers = Numbers(seed: UInt64(columns))
        let weights = numbers.array(rows * columns)
        let view = MatrixView(weights, rows: rows, columns: columns)
        for blockSize in [32, 64, 4096] {
          let matrix = try FourBitMatrix(view, code: .nf4, blockSize: blockSize)
          let expected = stride(from: 0, to: weights.count, by: blockSize).map {
            Self.absmax(weights[$0..<min($0 + blockSize, weights.count)])
          }
          #expect(matrix.exportedAbsmax() == expected)
        }
      }
    }

    @Test("four-bit codes err by half the widest gap at most", arguments: ["nf4", "fp4"])
    func fourBitBound(name: String) throws {
      let code: FourBitCode = name == "nf4" ? .nf4 : .fp4
      let levels = code.codebook.sorted()
      let gap = zip(levels, levels.dropFirst()).map { $1 - $0 }.max() ?? 0
      for (blockSize, doubles) in [
        (32, false), (64, false), (128, false), (512, false), (64, true),
      ] {
        let weights = Self.weights(seed: UInt64(blockSize))
        let matrix = try FourBitMatrix(
          Self.view(weights), code: code, blockSize: blockSize, doubleQuantized: doubles)
        let decoded = matrix.decoded()
        let used = matrix.exportedAbsmax()
        for index in weights.indices {
          let block = index / blockSize
          let end = min((block + 1) * blockSize, weights.count)
          let absmax = Self.absmax(weights[block * blockSize..<end])
          // A quantized absmax adds its own error, times a level of at most 1.
          let bound = gap / 2 * absmax + (used[block] - absmax).magnitude
          #expect((weights[index] - decoded[index]).magnitude <= bound * 1.00001)
        }
        if !doubles {
          #expect(
            used.enumerated().allSatisfy { block, value in
              value
                == Self.absmax(
                  weights[block * blockSize..<min((block + 1) * blockSize, weights.count)])
            })
        }
      }
    }

    @Test("LLM.int8() errs by half a scale beyond the rounding to Float16")
    func llmInt8Bound() throws {
      let weights = Self.weights(seed: 7)
      let decoded = try LLMInt8Matrix(Self.view(weights)).decoded()
      for row in 0..<Self.rows {
        let range = row * Self.columns..<(row + 1) * Self.columns
        let scale = Self.absmax(weights[range]) / 127
        for index in range {
          let rounding = max(weights[index].magnitude * 0x1p-11, 0x1p-25)
          // The absmax is rounded to Float16 as well.
          #expect(
            (weights[index] - decoded[index]).magnitude <= scale * 0.5 * (1 + 0x1p-10) + rounding)
        }
      }
    }

    // MARK: scaling

    @Test(
      "weights times a power of two have the same codes, and scales times it",
      arguments: KernelPath.available, [-3, -1, 1, 6])
    func powersOfTwo(path: KernelPath, exponent: Int) throws {
      let factor = Float(sign: .plus, exponent: exponent, significand: 1)
      let weights = Self.weights(seed: 11)
      let (plain, scaled) = (Self.view(weights), Self.view(weights.map { $0 * factor }))
      try on(path) {
        for granularity in [Int8Coding.Granularity.tensor, .channel, .group(32)] {
          let coding = Int8Coding(granularity: granularity)
          let a = try Int8Matrix(plain, coding: coding)
          let b = try Int8Matrix(scaled, coding: coding)
          #expect(a.exportedCodes() == b.exportedCodes())
          #expect(a.decoded().map { $0 * factor } == b.decoded())
        }
        for code in [FourBitCode.nf4, .fp4] {
          for blockSize in [32, 64, 256] {
            let a = try FourBitMatrix(plain, code: code, blockSize: blockSize)
            let b = try FourBitMatrix(scaled, code: code, blockSize: blockSize)
            #expect(a.exportedCodes() == b.exportedCodes())
            #expect(a.exportedAbsmax().map { $0 * factor } == b.exportedAbsmax())
            #expect(a.decoded().map { $0 * factor } == b.decoded())
          }
        }
        let a = try LLMInt8Matrix(plain)
        let b = try LLMInt8Matrix(scaled)
        #expect(a.exportedCodes() == b.exportedCodes())
        #expect(a.exportedScales().map { $0 * factor } == b.exportedScales())
      }
    }

    // MARK: permutation

    @Test("rows in another order have their codes in that order")
    func permutation() throws {
      let weights = Self.weights(seed: 13)
      // 17 has no factor in common with 40: every row moves but the first.
      let order = (0..<Self.rows).map { $0 * 17 % Self.rows }
      let plain = Self.view(weights)
      let permuted = Self.view(Self.permuted(weights, order, width: Self.columns))
      for granularity in [Int8Coding.Granularity.tensor, .channel, .group(32)] {
        let coding = Int8Coding(granularity: granularity)
        let codes = try Int8Matrix(plain, coding: coding).exportedCodes()
        let expected = Self.permuted(codes, order, width: Self.columns)
        #expect(try Int8Matrix(permuted, coding: coding).exportedCodes() == expected)
      }
      for code in [FourBitCode.nf4, .fp4] {
        let (a, b) = (try FourBitMatrix(plain, code: code), try FourBitMatrix(permuted, code: code))
        #expect(
          b.exportedCodes() == Self.permuted(a.exportedCodes(), order, width: Self.columns / 2))
        #expect(
          b.exportedAbsmax() == Self.permuted(a.exportedAbsmax(), order, width: Self.columns / 64))
      }
      let (a, b) = (try LLMInt8Matrix(plain), try LLMInt8Matrix(permuted))
      #expect(b.exportedCodes() == Self.permuted(a.exportedCodes(), order, width: Self.columns))
      #expect(b.exportedScales() == Self.permuted(a.exportedScales(), order, width: 1))
    }

    private static func permuted<Element>(
      _ elements: [Element], _ order: [Int], width: Int
    ) -> [Element] {
      order.flatMap { elements[$0 * width..<($0 + 1) * width] }
    }

    @Test("a channel has a scale of its own: a great weight coarsens its own row only")
    func channelAxis() throws {
      // Rows, not columns: each row's greatest weight decodes to itself within rounding.
      let weights = Self.weights(seed: 17)
      let coding = Int8Coding(granularity: .channel)
      let before = try Int8Matrix(Self.view(weights), coding: coding).exportedCodes()
      var changed = weights
      changed[3 * Self.columns + 5] = 1000
      let after = try Int8Matrix(Self.view(changed), coding: coding).exportedCodes()
      for row in 0..<Self.rows where row != 3 {
        let range = row * Self.columns..<(row + 1) * Self.columns
        #expect(before[range] == after[range])
      }
      let row = 3 * Self.columns..<4 * Self.columns
      #expect(after[row].count { $0 != 0 } == 1)
    }

    // MARK: zero, subnormal, not finite

    @Test(
      "a block of zeros among others has absmax 0 and decodes to zeros", arguments: ["nf4", "fp4"])
    func zeroBlock(name: String) throws {
      let code: FourBitCode = name == "nf4" ? .nf4 : .fp4
      var weights = Self.weights(seed: 19)
      for index in 64..<128 { weights[index] = 0 }
      let matrix = try FourBitMatrix(Self.view(weights), code: code)
      #expect(matrix.exportedAbsmax()[1] == 0)
      #expect(
        matrix.exportedCodes()[32..<64].allSatisfy { $0 == code.zeroCode << 4 | code.zeroCode })
      #expect(matrix.decoded()[64..<128].allSatisfy { $0 == 0 })
      // Quantized, the absmax of zeros need not be 0, but the code of 0 decodes to 0.
      let double = try FourBitMatrix(Self.view(weights), code: code, doubleQuantized: true)
      #expect(double.decoded()[64..<128].allSatisfy { $0 == 0 })
      let row = Array(repeating: Float(0), count: 128)
      let zeroRow = Self.view(row + weights[128...])
      for decoded in [
        try Int8Matrix(zeroRow, coding: Int8Coding(granularity: .channel)).decoded(),
        try LLMInt8Matrix(zeroRow).decoded(),
      ] {
        #expect(Array(decoded[..<128]) == row)
      }
    }

    @Test(
      "weights with a subnormal absmax become 0 or stay within it",
      arguments: [0x1p-130, 0x1p-140] as [Float])
    func subnormalAbsmax(absmax: Float) throws {
      let view = Self.view(Self.weights(seed: 23).map { $0 / 8 * absmax })
      for code in [FourBitCode.nf4, .fp4] {
        let decoded = try FourBitMatrix(view, code: code).decoded()
        #expect(decoded.allSatisfy { $0.magnitude <= absmax })
      }
      // 127 / absmax is beyond Float32: every weight becomes 0. Float16 has none of these.
      for granularity in [Int8Coding.Granularity.tensor, .channel] {
        let coding = Int8Coding(granularity: granularity)
        #expect(try Int8Matrix(view, coding: coding).decoded().allSatisfy { $0 == 0 })
      }
      #expect(try LLMInt8Matrix(view).decoded().allSatisfy { $0 == 0 })
    }

    @Test(
      "a nested scale whose reciprocal overflows is no trap",
      arguments: [0x1p-130, 0x1p-140] as [Float])
    func subnormalNestedScale(absmax: Float) throws {
      let view = Self.view(Self.weights(seed: 23).map { $0 / 8 * absmax })
      for code in [FourBitCode.nf4, .fp4] {
        let matrix = try FourBitMatrix(view, code: code, doubleQuantized: true)
        #expect(matrix.decoded().allSatisfy { $0.magnitude <= absmax * 1.01 })
      }
    }

    @Test("a weight that Float16 has not is refused by LLM.int8() with its place")
    func beyondHalf() {
      var weights = Self.weights(seed: 29)
      weights[300] = 65520
      #expect(throws: QuantizationError.beyondFloat16(tensor: "matrix", index: 300)) {
        try LLMInt8Matrix(Self.view(weights))
      }
    }
  }
}
