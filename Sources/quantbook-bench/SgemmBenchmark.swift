import Foundation
import Kernels
import Quantization

/// The Float32 product of one size, ours and OpenBLAS's in turn: why no BLAS is linked.
struct SgemmBenchmark {
  /// Tokens, outputs and inputs of GPT-2 small's MLP at its full context.
  static let (m, n, k) = (1024, 3072, 768)

  let rounds: Int

  struct Result: Encodable {
    /// At the best time.
    let gigaflops: Double
    let openBLAS: Peer?
  }

  struct Peer: Encodable {
    let core: String
    /// `OPENBLAS_CORETYPE`, if it is set.
    let coreType: String?
    let gigaflops: Double
    /// OpenBLAS's time over ours: the median of the rounds.
    let ratio: Double
  }

  func run(limits: MachineLimits) -> Result {
    ProgressLine.show("sgemm")
    let weights = (0..<Self.k * Self.n).map { Float($0 % 19 - 9) / 64 }
    let x = (0..<Self.m * Self.k).map { Float($0 % 17 - 8) / 4 }
    let matrix = Float32Matrix(
      weights, rows: Self.n, columns: Self.k, orientation: .inOut)
    let peer = OpenBLAS(threads: ThreadPool.threadCount)
    var y = [Float](repeating: 0, count: Self.m * Self.n)
    var ours: [Double] = []
    var theirs: [Double] = []
    x.withUnsafeBufferPointer { x in
      weights.withUnsafeBufferPointer { weights in
        y.withUnsafeMutableBufferPointer { y in
          for _ in 0..<rounds {
            limits.measure()
            ours.append(
              settled { matrix.multiply(x, tokens: Self.m, bias: nil, into: y) })
            guard let peer else { continue }
            theirs.append(
              settled { peer.multiply(x, weights, m: Self.m, n: Self.n, k: Self.k, into: y) })
          }
        }
      }
    }
    return Result(
      gigaflops: rate(ours),
      openBLAS: peer.map {
        Peer(
          core: $0.core,
          coreType: ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"],
          gigaflops: rate(theirs), ratio: median(zip(theirs, ours).map { $0 / $1 }))
      })
  }

  /// The best of some calls, after the threads of the other have gone to sleep.
  private func settled(_ body: () -> Void) -> Double {
    usleep(50_000)
    body()
    return (0..<5).map { _ in seconds(body) }.min() ?? 0
  }

  private func rate(_ times: [Double]) -> Double {
    2 * Double(Self.m * Self.n * Self.k) / (times.min() ?? .infinity) / 1e9
  }
}
