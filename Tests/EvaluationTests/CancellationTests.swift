import GPT2
import Quantization
import Synchronization
import Testing

@testable import Evaluation

/// A task that is cancelled at any moment of a measurement stops at once.
@Suite struct CancellationTests {
  private let fixture: PerplexityFixture
  init() throws { fixture = try PerplexityFixture() }

  private static let measurements:
    [String: @Sendable (PerplexityFixture, @escaping ProgressHandler) throws -> Void] = [
      "perplexity": { fixture, progress in
        _ = try Perplexity(window: 16, stride: 8).measure(
          fixture.model, tokens: fixture.tokens, progress: progress)
      },
      "divergence": { fixture, progress in
        _ = try Divergence(window: 16).measure(
          base: fixture.model, fixture.model, tokens: fixture.tokens, progress: progress)
      },
      "latency": { fixture, progress in
        _ = try Latency(prompt: 4, generate: 1, repetitions: 8).measure(
          before: fixture.model, after: fixture.model, progress: progress)
      },
      "growth": { fixture, progress in
        _ = try Growth(prompts: [2, 4], contexts: [0, 5]).measure(
          before: fixture.model, after: fixture.model, progress: progress)
      },
      "quantizing": { fixture, progress in
        _ = try fixture.model.quantized(by: NF4Scheme(), progress: progress)
      },
    ]

  @Test(arguments: measurements.keys.sorted())
  func nothingIsDoneAfterTheCancellation(_ name: String) async throws {
    let measure = try #require(Self.measurements[name])
    let fixture = fixture
    let moment = Int.random(in: 1...6)
    let steps = Mutex(0)
    let task = Task {
      try measure(fixture) { _ in
        let step = steps.withLock { steps in
          steps += 1
          return steps
        }
        if step == moment { withUnsafeCurrentTask { $0?.cancel() } }
      }
    }
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(steps.withLock { $0 } == moment)
  }

  @Test func aForwardPassEndsBeforeTheNextProduct() async throws {
    let model = fixture.model
    let tokens = Array(fixture.tokens.prefix(16))
    let count = try activations(of: model, tokens)
    // The last product lies before the last three of them.
    for moment in 1..<count - 3 {
      let task = Task {
        let session = try GPT2Session(model)
        var seen = 0
        session.observer = { _ in
          seen += 1
          if seen == moment { withUnsafeCurrentTask { $0?.cancel() } }
        }
        #expect(throws: CancellationError.self, "after \(moment) of \(count)") {
          try session.read(tokens)
        }
        // What lies between two products: attention, the residual, a normalization.
        #expect(seen - moment <= 3, "after \(moment) of \(count)")
        #expect(session.rows == 0)
        #expect(session.position == 0)
      }
      try await task.value
    }
  }

  private func activations(of model: GPT2Model, _ tokens: [Int32]) throws -> Int {
    let session = try GPT2Session(model)
    var count = 0
    session.observer = { _ in count += 1 }
    try session.read(tokens)
    return count
  }

  @Test func whatHasNoProgressStopsToo() async throws {
    let model = fixture.model
    let quantized = try model.quantized(by: NF4Scheme())
    let tokens = Array(fixture.tokens.prefix(16))
    let works: [@Sendable () throws -> Void] = [
      { _ = try MemoryUse.measure(model, tokens: 8) },
      { _ = try quantized.weightErrors(from: model) },
      { _ = try GPT2Model.random(named: "gpt2-xl") },
      { _ = try model.sha256() },
      { try GPT2Session(model).read(tokens) },
    ]
    for (index, work) in works.enumerated() {
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try work()
      }
      await #expect(throws: CancellationError.self, "\(index)") { try await task.value }
    }
  }

  @Test func lossesStopBetweenParts() async throws {
    let model = fixture.model
    let tokens = Array(fixture.tokens.prefix(16))
    let task = Task {
      let session = try GPT2Session(model)
      try session.read(tokens)
      withUnsafeCurrentTask { $0?.cancel() }
      _ = try session.negativeLogLikelihoods(rows: 0..<15, targets: Array(tokens[1...]))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
