import Kernels
import Quantization

/// The products of GPT-2 small's layers in every format, by number of tokens.
struct ProductBenchmark {
  /// [outputs, inputs]: attention's two products, the MLP's two, the head.
  static let shapes = [(2304, 768), (768, 768), (3072, 768), (768, 3072), (50257, 768)]
  static let tokenCounts = [1, 8, 32, 128, 512]

  let rounds: Int
  /// Measures only the products whose format and size hold this text.
  let only: String?

  private struct Format: Sendable {
    let name: String
    /// Makes a matrix of its own memory.
    let make: @Sendable (MatrixView) throws -> any WeightMatrix

    static let all = [
      Format(name: "float32 [in, out]") { view in
        Float32Matrix(
          transposed(view), rows: view.rows, columns: view.columns, orientation: .inOut)
      },
      Format(name: "float32 [out, in]") { view in
        Float32Matrix(elements(view), rows: view.rows, columns: view.columns)
      },
      Format(name: "float16") { try Float16Matrix($0) },
      Format(name: "bfloat16") { try BFloat16Matrix($0) },
      Format(name: "int8") {
        try Int8Matrix($0, coding: Int8Coding(granularity: .channel))
      },
      Format(name: "int8, compute int8") {
        try Int8Matrix($0, coding: Int8Coding(granularity: .channel), compute: .int8)
      },
      Format(name: "llmInt8") { try LLMInt8Matrix($0) },
      Format(name: "fp4") { try FourBitMatrix($0, code: .fp4) },
      Format(name: "nf4") { try FourBitMatrix($0, code: .nf4) },
      Format(name: "nf4, compute int8") { try FourBitMatrix($0, code: .nf4, compute: .int8) },
      Format(name: "nf4 double") { try FourBitMatrix($0, code: .nf4, doubleQuantized: true) },
    ]

    private static func elements(_ view: MatrixView) -> [Float] {
      [Float](unsafeUninitializedCapacity: view.rows * view.columns) { buffer, count in
        view.copy(rows: 0..<view.rows, into: buffer)
        count = view.rows * view.columns
      }
    }

    private static func transposed(_ view: MatrixView) -> [Float] {
      let rows = elements(view)
      return (0..<view.columns).flatMap { column in
        (0..<view.rows).lazy.map { rows[$0 * view.columns + column] }
      }
    }
  }

  /// Decode is bound by memory: several copies of a small matrix are read in turn, so that no cache
  /// holds them. Many tokens are bound by arithmetic.
  func run(limits: MachineLimits) throws -> [Measurement] {
    var results = [Measurement]()
    for (rows, columns) in Self.shapes {
      var state: UInt64 = 1
      let weights = (0..<rows * columns).map { _ -> Float in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (Float(state >> 40) / Float(1 << 24) - 0.5) * 0.04
      }
      let view = MatrixView(weights, rows: rows, columns: columns)
      let copies = max(1, min(16, 200_000_000 / (rows * columns * 4)))
      for tokens in Self.tokenCounts where rows < 50000 || tokens <= 32 {
        let x = (0..<tokens * columns).map { Float($0 % 17 - 8) / 4 }
        var y = [Float](repeating: 0, count: tokens * rows)
        for format in Format.all
        where only.map("\(format.name), \(Self.size(rows, columns, tokens))".contains) ?? true {
          ProgressLine.show("\(format.name), \(Self.size(rows, columns, tokens))")
          let set = try (0..<(tokens == 1 ? copies : 1)).map { _ in try format.make(view) }
          var times = [Double]()
          limits.measure()
          for _ in 0..<rounds + 1 {
            let time = seconds {
              for matrix in set {
                x.withUnsafeBufferPointer { x in
                  y.withUnsafeMutableBufferPointer { y in
                    matrix.multiply(x, tokens: tokens, bias: nil, into: y)
                  }
                }
              }
            }
            times.append(time / Double(set.count))
          }
          results.append(
            Measurement(
              format.name, Self.size(rows, columns, tokens), Self.work(set[0], tokens: tokens),
              times: Array(times.dropFirst())))
        }
      }
    }
    return results
  }

  private static func size(_ rows: Int, _ columns: Int, _ tokens: Int) -> String {
    "\(rows) × \(columns), \(tokens) tokens"
  }

  private static func work(_ matrix: any WeightMatrix, tokens: Int) -> Measurement.Work {
    tokens <= 4
      ? .bytes(Double(matrix.storage.packedBytes))
      : .operations(2 * Double(tokens * matrix.rows * matrix.columns))
  }
}
