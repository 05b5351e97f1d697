import GPT2
import Kernels
import Quantization

/// Times of a whole model in one format.
struct ModelMeasurement: Encodable {
  let name: String
  /// Reading a prompt, the last token's logits.
  let prefill: [Time]
  /// One token more after a context.
  let decode: [Time]

  struct Time: Encodable {
    /// Of the prompt, or of the context.
    let tokens: Int
    /// The median.
    let milliseconds: Double
    /// Over FP32's: the median of the rounds.
    let ratio: Double
    /// Decoding: weights, keys and values that the token reads, over the median time.
    let gigabytes: Double?
  }
}

/// GPT-2 small with random weights: every format in turn, round by round, so that what else the
/// machine does falls on all alike.
struct ModelBenchmark {
  static let prefillLengths = [32, 128, 512, 1024]
  static let decodeContexts = [128, 1000]

  let rounds: Int
  let pytorch: String?

  func run(limits: MachineLimits) throws -> [ModelMeasurement] {
    let model = try GPT2Model.random(named: "gpt2")
    var contestants: [any Contestant] = try ModelFormat.all.map { format in
      ProgressLine.show("quantizing: \(format.name)")
      return try QuantbookContestant(
        name: format.name, format.scheme.map { try model.quantized(by: $0).model } ?? model)
    }
    if let pytorch {
      contestants.append(
        PyTorchContestant(
          worker: try PeerWorker(python: pytorch, script: "prefill.py"),
          decodeBytes: contestants[0].decodeBytes))
    }
    // Longest contexts first: a shorter one is what a longer one begins with.
    let tests =
      Self.prefillLengths.map(Test.prefill) + Self.decodeContexts.reversed().map(Test.decode)
    // Seconds by contestant, test and round.
    var times = contestants.map { _ in [Test: [Double]]() }
    for round in 0...rounds {
      limits.measure()
      for (index, contestant) in contestants.enumerated() {
        ProgressLine.show("round \(round) of \(rounds): \(contestant.name)")
        for test in tests {
          let time = try contestant.seconds(test)
          if round > 0 { times[index][test, default: []].append(time) }
        }
      }
    }
    return zip(contestants, times).map { contestant, own in
      func time(_ test: Test, tokens: Int, bytes: Int? = nil) -> ModelMeasurement.Time {
        let (ours, base) = (own[test] ?? [], times[0][test] ?? [])
        return ModelMeasurement.Time(
          tokens: tokens, milliseconds: median(ours) * 1000,
          ratio: median(zip(ours, base).map { $0 / $1 }),
          gigabytes: bytes.map { Double($0) / median(ours) / 1e9 })
      }
      return ModelMeasurement(
        name: contestant.name,
        prefill: Self.prefillLengths.map { time(.prefill($0), tokens: $0) },
        decode: Self.decodeContexts.map {
          time(.decode($0), tokens: $0, bytes: contestant.decodeBytes($0))
        })
    }
  }
}

/// What is measured of a model.
private enum Test: Hashable {
  /// So many tokens, the last one's logits.
  case prefill(Int)
  /// One token after so many.
  case decode(Int)
}

/// A model of ours, or a peer.
private protocol Contestant {
  var name: String { get }
  /// Bytes that one token reads after a context of so many.
  var decodeBytes: (Int) -> Int { get }
  func seconds(_ test: Test) throws -> Double
}

private struct QuantbookContestant: Contestant {
  static let decodedTokens = 8

  let name: String
  let decodeBytes: (Int) -> Int
  private let session: GPT2Session
  private let tokens: [Int32]

  init(name: String, _ model: GPT2Model) throws {
    self.name = name
    session = try GPT2Session(model)
    let config = model.config
    tokens = (0..<session.capacity).map { Int32($0 * 97 % config.vocabularySize) }
    let weights = model.bytesOfOneToken
    decodeBytes = { weights + 2 * config.layerCount * $0 * config.width * 4 }
  }

  func seconds(_ test: Test) throws -> Double {
    switch test {
    case .prefill(let count):
      session.reset()
      return try quantbook_bench.seconds {
        try session.read(tokens.prefix(count))
        _ = try session.logits(rows: count - 1..<count)
      }
    case .decode(let context):
      session.truncate(to: min(context, session.position))
      try session.read(tokens[session.position..<context])
      return try quantbook_bench.seconds {
        for token in tokens.prefix(Self.decodedTokens) {
          try session.read([token])
          _ = try session.logits(rows: 0..<1)
        }
      } / Double(Self.decodedTokens)
    }
  }
}

private struct PyTorchContestant: Contestant {
  let name = "PyTorch float32"
  let worker: PeerWorker
  let decodeBytes: (Int) -> Int

  func seconds(_ test: Test) throws -> Double {
    switch test {
    case .prefill(let count): try worker.seconds("prefill \(count)")
    case .decode(let context): try worker.seconds("decode \(context)")
    }
  }
}
