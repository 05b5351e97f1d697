import Kernels
import TestSupport
import Testing

@testable import Quantization

/// One format with its settings, as the conformance tests walk them.
struct FormatCase: CustomTestStringConvertible, Sendable {
  let testDescription: String
  /// The greatest |w - ŵ| for weights in -1 ..< 1.
  let tolerance: Float
  let make: @Sendable (MatrixView) throws -> any WeightMatrix

  init(
    _ name: String, tolerance: Float,
    _ make: @escaping @Sendable (MatrixView) throws -> any WeightMatrix
  ) {
    testDescription = name
    self.tolerance = tolerance
    self.make = make
  }

  static func int8(
    _ granularity: Int8Coding.Granularity, _ mapping: Int8Coding.Mapping
  ) -> FormatCase {
    FormatCase("int8 \(granularity) \(mapping)", tolerance: 0.0041) {
      try Int8Matrix($0, coding: Int8Coding(granularity: granularity, mapping: mapping))
    }
  }

  /// Formats whose product is the exact one with the dequantized weights.
  static let exact: [FormatCase] =
    [
      FormatCase("float16", tolerance: 2.5e-4) { try Float16Matrix($0) },
      FormatCase("bfloat16", tolerance: 2e-3) { try BFloat16Matrix($0) },
    ]
    + [Int8Coding.Granularity.tensor, .channel, .group(16), .group(7), .group(1000)].flatMap {
      [int8($0, .absmax), int8($0, .zeroPoint)]
    }
    + [32, 64, 128, 4096].flatMap { size in
      [
        FormatCase("nf4 block \(size)", tolerance: 0.16) {
          try FourBitMatrix($0, code: .nf4, blockSize: size)
        },
        FormatCase("fp4 block \(size)", tolerance: 0.17) {
          try FourBitMatrix($0, code: .fp4, blockSize: size)
        },
      ]
    }
    + [
      FormatCase("nf4 double", tolerance: 0.2) {
        try FourBitMatrix($0, code: .nf4, doubleQuantized: true)
      }
    ]

  static let all =
    exact + [FormatCase("LLM.int8()", tolerance: 0.0046) { try LLMInt8Matrix($0) }]
}

extension QuantizationSuites {
  @Suite struct FormatConformanceTests {
    static let shapes = [
      (1, 1), (3, 15), (15, 3), (16, 16), (17, 63), (48, 64), (63, 65), (64, 17), (65, 100),
      (100, 128), (49, 320),
    ]

    @Test(
      "the product equals a plain sum with the dequantized weights", arguments: FormatCase.exact)
    func product(format: FormatCase) throws {
      for path in KernelPath.available {
        for (rows, columns) in Self.shapes {
          var numbers = Numbers(seed: UInt64(rows * 1000 + columns))
          let weights = numbers.array(rows * columns)
          let bias = numbers.array(rows)
          try on(path) {
            let matrix = try format.make(MatrixView(weights, rows: rows, columns: columns))
            let decoded = matrix.decoded()
            for tokens in [1, 2, 3, 4, 5, 8, 17, 64, 130] where tokens < 64 || rows < 64 {
              let x = numbers.array(tokens * columns)
              for bias in [bias, nil] {
                let y = matrix.product(x, tokens: tokens, bias: bias)
                let worst = worstError(
                  y, x, decoded, bias, tokens: tokens, rows: rows, columns: columns)
                #expect(worst <= 2e-6, "\(path), \(rows) × \(columns), \(tokens) tokens")
              }
            }
          }
        }
      }
    }

    @Test(
      "dequantized weights are near the weights and equal on every path", arguments: FormatCase.all)
    func decoded(format: FormatCase) throws {
      for (rows, columns) in Self.shapes {
        var numbers = Numbers(seed: UInt64(rows * 1000 + columns))
        let weights = numbers.array(rows * columns)
        var first: [UInt32]?
        for path in KernelPath.available {
          try on(path) {
            let matrix = try format.make(MatrixView(weights, rows: rows, columns: columns))
            let decoded = matrix.decoded()
            let worst = zip(weights, decoded).map { abs($0 - $1) }.max() ?? 0
            #expect(worst <= format.tolerance, "\(rows) × \(columns)")
            let bits = decoded.map(\.bitPattern)
            #expect(bits == first ?? bits)
            first = bits
            for row in [0, rows / 2, rows - 1] {
              var out = [Float](repeating: .nan, count: columns)
              out.withUnsafeMutableBufferPointer { matrix.decodeRow(row, into: $0) }
              #expect(out == Array(decoded[row * columns..<(row + 1) * columns]))
            }
          }
        }
      }
    }

    @Test(
      "either orientation and any alignment of the file gives the same", arguments: FormatCase.all)
    func orientation(format: FormatCase) throws {
      var numbers = Numbers(seed: 5)
      for (rows, columns) in [(37, 64), (20, 41)] {
        let weights = numbers.array(rows * columns)
        var transposed = weights
        for r in 0..<rows {
          for c in 0..<columns { transposed[c * rows + r] = weights[r * columns + c] }
        }
        let bytes = [0] + transposed.withUnsafeBytes(Array.init)
        final class Owner: Sendable {}
        let expected = try format.make(MatrixView(weights, rows: rows, columns: columns)).decoded()
        try bytes.withUnsafeBytes { bytes in
          let view = MatrixView(
            UnsafeRawBufferPointer(rebasing: bytes[1...]), rows: rows, columns: columns,
            orientation: .inOut, format: .float32, owner: Owner())
          let decoded = try format.make(view).decoded()
          #expect(decoded == expected)
        }
      }
    }

    @Test("all zeros decode to zeros and multiply to the bias", arguments: FormatCase.all)
    func zeros(format: FormatCase) throws {
      for (rows, columns) in Self.shapes {
        let view = MatrixView(
          [Float](repeating: 0, count: rows * columns), rows: rows, columns: columns)
        let matrix = try format.make(view)
        #expect(matrix.decoded().allSatisfy { $0 == 0 })
        let bias = (0..<rows).map(Float.init)
        for tokens in [1, 9] {
          let x = [Float](repeating: 2, count: tokens * columns)
          #expect(
            matrix.product(x, tokens: tokens, bias: bias)
              == Array(repeating: bias, count: tokens).flatMap(\.self))
        }
      }
    }

    @Test(
      "weights that are not finite are refused with tensor and place", arguments: FormatCase.all)
    func nonFinite(format: FormatCase) {
      for bad in [Float.nan, .infinity, -.infinity] {
        for place in [0, 100, 255, 256, 527, 20 * 33 - 1] {
          var weights = [Float](repeating: 1, count: 20 * 33)
          weights[place] = bad
          let view = MatrixView(weights, rows: 20, columns: 33, name: "h.0.mlp.c_fc.weight")
          #expect(
            throws: QuantizationError.nonFiniteWeight(tensor: "h.0.mlp.c_fc.weight", index: place)
          ) { try format.make(view) }
        }
      }
    }

    @Test("extreme magnitudes neither trap nor become NaN", arguments: FormatCase.all)
    func extremes(format: FormatCase) throws {
      for size in [Float.leastNonzeroMagnitude, .leastNormalMagnitude, 1e-30, 60000] {
        let weights = (0..<64).map { Float($0 % 5 - 2) * size / 2 }
        let matrix = try format.make(MatrixView(weights, rows: 2, columns: 32))
        #expect(matrix.decoded().allSatisfy { $0.isFinite })
      }
    }

    @Test("a matrix without rows or without columns is no trap", arguments: FormatCase.all)
    func empty(format: FormatCase) throws {
      let noRows = try format.make(MatrixView([], rows: 0, columns: 8))
      #expect(noRows.product([Float](repeating: 1, count: 16), tokens: 2, bias: nil).isEmpty)
      let noColumns = try format.make(MatrixView([], rows: 3, columns: 0))
      #expect(
        noColumns.product([], tokens: 5, bias: [1, 2, 3])
          == Array(repeating: [1, 2, 3], count: 5).flatMap(\.self))
    }
  }

  @Suite struct StorageAccountTests {
    static let bigView = MatrixView(
      [Float](repeating: 1, count: 2304 * 768), rows: 2304, columns: 768)

    @Test("bits per weight, constants counted")
    func bitsPerWeight() throws {
      let view = Self.bigView
      #expect(try FourBitMatrix(view, code: .nf4).storage.bitsPerWeight == 4.5)
      let double = try FourBitMatrix(view, code: .nf4, doubleQuantized: true).storage
      #expect(abs(double.bitsPerWeight - 4.127) < 0.001)
      #expect(try Float16Matrix(view).storage.bitsPerWeight == 16)
      let int8 = try Int8Matrix(view, coding: Int8Coding(granularity: .channel)).storage
      #expect(int8.constantBytes == 2304 * 4)
      #expect(try Int8Matrix(view).storage.constantBytes == 4)
      #expect(try LLMInt8Matrix(view).storage.codeBytes == 2304 * 768)
    }

    @Test("the report's memory row at GPT-2 small, in MiB")
    func reportRow() {
      // Parameters of GPT-2 small: all, in the 48 converted matrices, biases.
      let (all, converted, biases) = (124_439_808, 84_934_656, 102_144)
      func mebibytes(_ parts: [(Int, Int)]) -> String {
        let bytes = parts.map { StorageAccount(elements: $0.0, bitsPerCode: $0.1).codeBytes }
        let hundredths = (Double(bytes.reduce(0, +)) / 1_048_576 * 100).rounded()
        return "\(Int(hundredths) / 100).\(Int(hundredths) % 100)"
      }
      #expect(mebibytes([(all, 32)]) == "474.70")
      #expect(mebibytes([(all - biases, 8), (biases, 32)]) == "118.97")
      #expect(mebibytes([(converted, 8), (all - converted, 16)]) == "156.35")
      #expect(mebibytes([(converted, 4), (all - converted, 16)]) == "115.85")
      #expect(mebibytes([(converted, 8), (all - converted, 32)]) == "231.70")
    }

    @Test("packed memory stays within a hundredth of codes and constants at GPT-2's shapes")
    func packed() throws {
      for format in FormatCase.all where !format.testDescription.contains("group(7)") {
        let storage = try format.make(Self.bigView).storage
        #expect(storage.packedBytes >= storage.codeBytes)
        #expect(
          Double(storage.packedBytes) <= Double(storage.codeBytes + storage.constantBytes) * 1.02,
          "\(format.testDescription)")
      }
    }
  }
}
