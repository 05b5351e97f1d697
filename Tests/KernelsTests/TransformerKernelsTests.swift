import Foundation
import TestSupport
import Testing

@testable import Kernels

extension KernelSuites {
  @Suite struct LayerNormTests {
    @Test("equals the formula in Double", arguments: KernelPath.available, [1, 3, 15, 16, 17, 384])
    func formula(path: KernelPath, width: Int) throws {
      var numbers = Numbers(seed: 1)
      let rows = 37
      let x = numbers.array(rows * width).map { $0 * 3 + 5 }
      let gain = numbers.array(width)
      let bias = numbers.array(width)
      var y = [Float](repeating: .nan, count: rows * width)
      try on(path) {
        x.withUnsafeBufferPointer { x in
          gain.withUnsafeBufferPointer { gain in
            bias.withUnsafeBufferPointer { bias in
              y.withUnsafeMutableBufferPointer { y in
                LayerNorm.apply(x, rows: rows, gain: gain, bias: bias, epsilon: 1e-5, into: y)
              }
            }
          }
        }
      }
      for r in 0..<rows {
        let row = x[r * width..<(r + 1) * width].map(Double.init)
        let mean = row.reduce(0, +) / Double(width)
        let variance = row.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(width)
        for c in 0..<width {
          let expected =
            (row[c] - mean) / (variance + 1e-5).squareRoot() * Double(gain[c]) + Double(bias[c])
          #expect(abs(expected - Double(y[r * width + c])) <= 5e-6 * (1 + abs(expected)))
        }
      }
    }
  }

  @Suite struct ActivationFunctionTests {
    private static func exact(_ function: ActivationFunction, _ x: Double) -> Double {
      switch function {
      case .geluTanh: x / (1 + exp(-2 * (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
      case .gelu: x * erfc(-x / 2.0.squareRoot()) / 2
      case .relu: max(x, 0)
      case .silu: x / (1 + exp(-x))
      case .quickGELU: x / (1 + exp(-1.702 * x))
      case .tanh: tanh(x)
      }
    }

    @Test(
      "equal to the formula in Double over the whole range", arguments: KernelPath.available,
      ActivationFunction.allCases)
    func formula(path: KernelPath, function: ActivationFunction) throws {
      var values: [Float] = stride(from: -30, through: 30, by: 0.0137).map { Float($0) }
      values += [0, -0.0, 1e-30, -1e-30, 1e4, -1e4, 1e30, -1e30]
      var y = values
      try on(path) { y.withUnsafeMutableBufferPointer { function.apply(to: $0) } }
      for (x, y) in zip(values, y) {
        let expected = Self.exact(function, Double(x))
        #expect(abs(Double(y) - expected) <= 3e-7 * abs(Double(x)) + 1e-37, "of \(x)")
      }
    }

    @Test(
      "not a number stays so, and infinity", arguments: KernelPath.available,
      ActivationFunction.allCases)
    func nonFinite(path: KernelPath, function: ActivationFunction) throws {
      var y: [Float] = [.nan, .infinity, 1]
      try on(path) { y.withUnsafeMutableBufferPointer { function.apply(to: $0) } }
      #expect(y[0].isNaN)
      #expect(y[1] == (function == .tanh ? 1 : .infinity))
      #expect(abs(Double(y[2]) - Self.exact(function, 1)) < 1e-6)
    }

    @Test(
      "as the end of a product, equal to the function of the product",
      arguments: KernelPath.available,
      [(1, 1), (17, 5), (49, 63), (100, 300)])
    func epilogue(path: KernelPath, shape: (rows: Int, columns: Int)) throws {
      let (rows, columns) = shape
      var numbers = Numbers(seed: UInt64(rows))
      let weights = numbers.array(rows * columns)
      try on(path) {
        for tokens in [1, 3, 9, 33] {
          let x = numbers.array(tokens * columns)
          func product(_ epilogue: ProductEpilogue) -> [Float] {
            var y = [Float](repeating: .nan, count: tokens * rows)
            weights.withUnsafeBytes { w in
              let packed = PackedWeights(
                .float32OutIn, rows: rows, columns: columns, weights: w.baseAddress)
              x.withUnsafeBufferPointer { x in
                y.withUnsafeMutableBufferPointer { y in
                  packed.multiply(x, tokens: tokens, bias: nil, epilogue: epilogue, into: y)
                }
              }
            }
            return y
          }
          for function in ActivationFunction.allCases {
            var expected = product(.store)
            expected.withUnsafeMutableBufferPointer { function.apply(to: $0) }
            #expect(product(.activation(function)) == expected, "\(function), \(tokens) tokens")
          }
        }
      }
    }
  }

  @Suite struct CrossEntropyTests {
    @Test(
      "equals log-sum-exp in Double", arguments: KernelPath.available,
      [1, 3, 15, 16, 17, 1000, 50257])
    func formula(path: KernelPath, vocabulary: Int) throws {
      var numbers = Numbers(seed: 3)
      let rows = 3
      let logits = numbers.array(rows * vocabulary).map { $0 * 12 - 30 }
      let targets = [0, vocabulary / 2, vocabulary - 1]
      try on(path) {
        let losses = logits.withUnsafeBufferPointer {
          CrossEntropy.negativeLogLikelihoods($0, vocabulary: vocabulary, targets: targets)
        }
        for r in 0..<rows {
          let row = logits[r * vocabulary..<(r + 1) * vocabulary].map(Double.init)
          let maximum = row.max() ?? 0
          let expected = maximum + log(row.map { exp($0 - maximum) }.reduce(0, +)) - row[targets[r]]
          #expect(abs(losses[r] - expected) <= 2e-7)
        }
      }
    }

    @Test("a row that is not finite gives no finite loss", arguments: KernelPath.available)
    func nonFinite(path: KernelPath) throws {
      try on(path) {
        for position in [0, 7, 20] {
          for bad in [Float.nan, .infinity] {
            var logits = [Float](repeating: 0, count: 21)
            logits[position] = bad
            let losses = logits.withUnsafeBufferPointer {
              CrossEntropy.negativeLogLikelihoods($0, vocabulary: 21, targets: [1])
            }
            #expect(!(losses[0].isFinite))
          }
        }
      }
    }
  }

  @Suite struct ThreadPoolTests {
    @Test("every index once, on any number of threads, also nested", arguments: [1, 2, 3, 8])
    func everyIndexOnce(threads: Int) {
      let before = ThreadPool.threadCount
      defer { ThreadPool.setThreadCount(before) }
      ThreadPool.setThreadCount(threads)
      for count in [0, 1, 2, 7, 1000] {
        var marks = [UInt8](repeating: 0, count: count * 3)
        marks.withUnsafeMutableBufferPointer { marks in
          nonisolated(unsafe) let marks = marks
          ThreadPool.forEach(count) { i in
            ThreadPool.forEach(3) { j in marks[i * 3 + j] += 1 }
          }
        }
        #expect(marks.allSatisfy { $0 == 1 })
      }
    }
  }

  @Suite struct KernelPathTests {
    @Test("a wrong name is an error that lists the right ones")
    func unknownName() {
      #expect(throws: KernelPathError.unknown("avx3")) { try KernelPath.select(named: "avx3") }
      #expect(KernelPathError.unknown("avx3").description.contains("avx512"))
    }
  }
}
