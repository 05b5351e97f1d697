import Crypto
import Kernels
import Testing

@testable import Quantization

/// All suites that force a kernel path, which is global: one at a time.
@Suite(.serialized) enum QuantizationSuites {}

/// Runs `body` on one path, and puts the processor's own back.
func on(_ path: KernelPath, _ body: () throws -> Void) throws {
  let before = KernelPath.active
  try path.select()
  defer { try? before.select() }
  try body()
}

extension WeightMatrix {
  /// y = x Wᵀ + bias as an array.
  func product(_ x: [Float], tokens: Int, bias: [Float]?) -> [Float] {
    var y = [Float](repeating: .nan, count: tokens * rows)
    x.withUnsafeBufferPointer { x in
      y.withUnsafeMutableBufferPointer { y in
        if let bias {
          bias.withUnsafeBufferPointer { multiply(x, tokens: tokens, bias: $0, into: y) }
        } else {
          multiply(x, tokens: tokens, bias: nil, into: y)
        }
      }
    }
    return y
  }
}

/// The greatest |y - reference| over Σ|x·w| + |bias|, where the reference is a plain sum in Double.
func worstError(
  _ y: [Float], _ x: [Float], _ w: [Float], _ bias: [Float]?, tokens: Int, rows: Int, columns: Int
) -> Double {
  var worst = 0.0
  for t in 0..<tokens {
    for r in 0..<rows {
      var sum = bias.map { Double($0[r]) } ?? 0
      var size = abs(sum) + 1e-30
      for c in 0..<columns {
        let term = Double(x[t * columns + c]) * Double(w[r * columns + c])
        sum += term
        size += abs(term)
      }
      let error = abs(sum - Double(y[t * rows + r])) / size
      worst = error.isNaN ? .infinity : max(worst, error)
    }
  }
  return worst
}

func sha256<Element: BitwiseCopyable>(_ elements: [Element]) -> String {
  elements.withUnsafeBytes { bytes in
    SHA256.hash(data: Array(bytes)).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }.joined()
  }
}
