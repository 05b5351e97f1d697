import Foundation
import TestSupport
import Testing

@testable import Kernels

extension KernelSuites {
  @Suite struct CausalAttentionTests {
    /// Softmax(scale Q Kᵀ) V over all positions so far, in Double. qkv: [tokens, 3 × width].
    func reference(_ qkv: [Float], tokens: Int, heads: Int, headWidth: Int, scale: Double)
      -> [Double]
    {
      let width = heads * headWidth
      var out = [Double](repeating: 0, count: tokens * width)
      for head in 0..<heads {
        for t in 0..<tokens {
          func component(_ part: Int, _ position: Int, _ i: Int) -> Double {
            Double(qkv[(position * 3 + part) * width + head * headWidth + i])
          }
          let scores = (0...t).map { s -> Double in
            var sum = 0.0
            for i in 0..<headWidth { sum += component(0, t, i) * component(1, s, i) }
            return sum * scale
          }
          let maximum = scores.max() ?? 0
          let weights = scores.map { exp($0 - maximum) }
          let sum = weights.reduce(0, +)
          for i in 0..<headWidth {
            var value = 0.0
            for s in 0...t { value += weights[s] / sum * component(2, s, i) }
            out[t * width + head * headWidth + i] = value
          }
        }
      }
      return out
    }

    @Test(
      "equals plain attention, in one call or token by token or in uneven pieces",
      arguments: KernelPath.available, [1, 3, 8, 24, 64, 65])
    func plain(path: KernelPath, headWidth: Int) throws {
      let (heads, tokens) = (3, 131)
      let width = heads * headWidth
      var numbers = Numbers(seed: UInt64(headWidth))
      let qkv = numbers.array(tokens * 3 * width).map { $0 * 2 }
      let scale = 1 / Double(headWidth).squareRoot()
      let expected = reference(
        qkv, tokens: tokens, heads: heads, headWidth: headWidth, scale: scale)
      try on(path) {
        for pieces in [[131], [1, 2, 3, 5, 48, 49, 4, 19], Array(repeating: 1, count: 131)] {
          let cache = try KeyValueCache(
            layers: 2, heads: heads, headWidth: headWidth, capacity: tokens)
          var out = [Float](repeating: .nan, count: tokens * width)
          for piece in pieces {
            let done = cache.count
            qkv[(done * 3 * width)...].withUnsafeBufferPointer { qkv in
              out[(done * width)...].withUnsafeMutableBufferPointer { out in
                CausalAttention.apply(
                  qkv, tokens: piece, cache: cache, layer: 1, scale: Float(scale), into: out)
              }
            }
            cache.advance(by: piece)
          }
          let worst = zip(expected, out).map { abs($0 - Double($1)) }.max() ?? .infinity
          #expect(worst <= 3e-6, "pieces \(pieces.prefix(8))")
        }
      }
    }

    @Test("a cache cut back gives what a fresh one gives", arguments: KernelPath.available)
    func truncated(path: KernelPath) throws {
      let (heads, headWidth, tokens) = (2, 8, 40)
      let width = heads * headWidth
      var numbers = Numbers(seed: 9)
      let first = numbers.array(tokens * 3 * width)
      let second = numbers.array(tokens * 3 * width)
      try on(path) {
        let cache = try KeyValueCache(
          layers: 1, heads: heads, headWidth: headWidth, capacity: tokens)
        func run(_ qkv: [Float], _ cache: KeyValueCache) -> [Float] {
          var out = [Float](repeating: .nan, count: qkv.count / 3)
          qkv.withUnsafeBufferPointer { qkv in
            out.withUnsafeMutableBufferPointer { out in
              CausalAttention.apply(
                qkv, tokens: qkv.count / 3 / width, cache: cache, layer: 0, scale: 0.3, into: out)
            }
          }
          return out
        }
        _ = run(first, cache)
        cache.advance(by: tokens)
        cache.reset()
        let fresh = try KeyValueCache(
          layers: 1, heads: heads, headWidth: headWidth, capacity: tokens)
        #expect(run(second, cache) == run(second, fresh))
      }
    }
  }
}
