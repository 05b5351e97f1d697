import TestSupport
import Testing

@testable import Kernels

extension KernelSuites {
  /// Losses fused with the output head, beside those of its logits.
  @Suite struct FusedCrossEntropyTests {
    /// Whole groups of 16 rows, so that any words are valid weights; 2⅓ panels of 48.
    static let rows = 112
    static let columns = 64
    static let formats = [
      PackedWeights.Format.float32InOut, .float32OutIn, .float16, .bfloat16, .int8, .fourBit,
    ]
    static let tokenCounts = [1, 4, 5, 64, 513]

    /// Weights of about 1 whatever the format makes of its words.
    private func words(_ format: PackedWeights.Format, _ numbers: inout Numbers) -> [UInt32] {
      (0..<Self.rows * Self.columns).map { _ in
        let number = numbers.next()
        let bits = number.bitPattern &* 2_654_435_761
        return switch format {
        case .float32InOut, .float32OutIn: number.bitPattern
        case .float16: bits & 0x83FF_83FF | 0x3800_3800
        case .bfloat16: bits & 0x807F_807F | 0x3F00_3F00
        case .int8, .fourBit: bits
        }
      }
    }

    private func withHead(
      _ format: PackedWeights.Format, _ words: [UInt32], _ body: (PackedWeights) throws -> Void
    ) rethrows {
      let scales = [Float](repeating: format == .int8 ? 1 / 127 : 1, count: Self.rows)
      let codebook = (0..<16).map { Float($0 - 8) / 8 }
      try words.withUnsafeBytes { words in
        try scales.withUnsafeBufferPointer { scales in
          try codebook.withUnsafeBufferPointer { codebook in
            try body(
              PackedWeights(
                format, rows: Self.rows, columns: Self.columns, weights: words.baseAddress,
                scales: scales.baseAddress, codebook: codebook.baseAddress))
          }
        }
      }
    }

    private func byLogits(
      _ head: PackedWeights, _ x: UnsafeBufferPointer<Float>, targets: [Int32], codes: Bool
    ) -> [Double] {
      var logits = [Float](repeating: .nan, count: targets.count * Self.rows)
      logits.withUnsafeMutableBufferPointer { logits in
        if codes {
          head.multiplyCodes(x, tokens: targets.count, bias: nil, into: logits)
        } else {
          head.multiply(x, tokens: targets.count, bias: nil, into: logits)
        }
      }
      return logits.withUnsafeBufferPointer {
        CrossEntropy.negativeLogLikelihoods(
          $0, vocabulary: Self.rows, targets: targets.map(Int.init))
      }
    }

    @Test(
      "fused losses equal those of the logits, bit for bit on any number of threads",
      arguments: KernelPath.available, formats)
    func fused(path: KernelPath, format: PackedWeights.Format) throws {
      var numbers = Numbers(seed: 3)
      let words = words(format, &numbers)
      let threads = ThreadPool.threadCount
      defer { ThreadPool.setThreadCount(threads) }
      try on(path) {
        withHead(format, words) { head in
          for tokens in Self.tokenCounts {
            let x = numbers.array(tokens * Self.columns)
            let targets = (0..<tokens).map { Int32($0 * 37 % Self.rows) }
            for codes in head.multipliesCodes ? [false, true] : [false] {
              x.withUnsafeBufferPointer { x in
                let losses = (1...3).map { threads in
                  ThreadPool.setThreadCount(threads)
                  return head.negativeLogLikelihoods(x, targets: targets, codes: codes)
                }
                let expected = byLogits(head, x, targets: targets, codes: codes)
                let worst = zip(losses[0], expected).map { abs($0 - $1) }.max() ?? .infinity
                #expect(worst <= 2e-5, "\(tokens) tokens, codes \(codes)")
                #expect(losses.allSatisfy { $0 == losses[0] }, "\(tokens) tokens, codes \(codes)")
              }
            }
          }
        }
      }
    }
  }
}
