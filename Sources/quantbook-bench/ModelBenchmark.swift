import GPT2
import Kernels
import Quantization

/// Times of a whole model in one format.
struct ModelMeasurement: Encodable {
  let name: String
  /// Median milliseconds for 512 tokens, the last one's logits.
  let prefill: Double
  /// Median milliseconds for one token after 128.
  let decode: Double
  /// Over FP32's in the same run.
  let prefillRatio: Double
  let decodeRatio: Double
  /// Weights that a token reads, over the best decode time.
  let decodeGigabytes: Double
  let decodeShare: Double
}

/// GPT-2 small with random weights: every format in turn, round by round, so that what else the
/// machine does falls on all alike.
struct ModelBenchmark {
  static let prefillLength = 512
  static let decodeContext = 128

  let rounds: Int
  let pytorch: String?

  private struct Contestant {
    let name: String
    let bytes: Int
    let prefill: () throws -> Double
    let decode: () throws -> Double
  }

  func run(
    limits: inout MachineLimits, memory: UnsafeBufferPointer<Float>
  ) throws -> [ModelMeasurement] {
    let model = try GPT2Model.random(named: "gpt2")
    var contestants = [contestant("float32", model)]
    for scheme in AllSchemes.all {
      let quantized = try model.quantized(by: scheme.init()).model
      contestants.append(contestant(scheme.name, quantized))
    }
    if let pytorch {
      let worker = try PeerWorker(python: pytorch, script: "prefill.py")
      contestants.append(
        Contestant(
          name: "PyTorch float32", bytes: contestants[0].bytes,
          prefill: { try worker.seconds("prefill \(Self.prefillLength)") },
          decode: { try worker.seconds("decode \(Self.decodeContext)") }))
    }
    var prefill = [[Double]](repeating: [], count: contestants.count)
    var decode = prefill
    for round in 0...rounds {
      limits.measure(memory: memory)
      for (index, contestant) in contestants.enumerated() {
        let (prefillTime, decodeTime) = (try contestant.prefill(), try contestant.decode())
        if round > 0 {
          prefill[index].append(prefillTime)
          decode[index].append(decodeTime)
        }
      }
    }
    return contestants.indices.map { index in
      let rate = Double(contestants[index].bytes) / (decode[index].min() ?? 1) / 1e9
      return ModelMeasurement(
        name: contestants[index].name, prefill: median(prefill[index]) * 1000,
        decode: median(decode[index]) * 1000,
        prefillRatio: median(prefill[index]) / median(prefill[0]),
        decodeRatio: median(decode[index]) / median(decode[0]), decodeGigabytes: rate,
        decodeShare: rate / limits.gigabytes)
    }
  }

  private func contestant(_ name: String, _ model: GPT2Model) -> Contestant {
    let session = GPT2Session(model)
    let tokens = (0..<Self.prefillLength).map { Int32($0 * 97 % model.config.vocabularySize) }
    return Contestant(
      name: name, bytes: model.packedBytes,
      prefill: {
        session.reset()
        return try seconds {
          try session.read(tokens)
          _ = session.logits(rows: tokens.count - 1..<tokens.count)
        }
      },
      decode: {
        session.reset()
        try session.read(tokens.prefix(Self.decodeContext))
        let count = 8
        let time = try seconds {
          for token in tokens.prefix(count) {
            try session.read([token])
            _ = session.logits(rows: 0..<1)
          }
        }
        return time / Double(count)
      })
  }
}
