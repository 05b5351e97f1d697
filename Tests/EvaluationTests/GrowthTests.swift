import GPT2
import Quantization
import Synchronization
import Testing

@testable import Evaluation

/// What a measurement of growth promises but the times themselves.
@Suite struct GrowthTests {
  private let fixture: PerplexityFixture
  init() throws { fixture = try PerplexityFixture() }

  @Test func everyLengthHasItsSamplesInOrder() throws {
    let metric = Growth(prompts: [1, 16, 128], contexts: [0, 5, 127], repetitions: 6)
    let nf4 = try fixture.model.quantized(by: NF4Scheme()).model
    let result = try metric.measure(before: fixture.model, after: nf4)
    #expect(result.prefill.map(\.tokens) == [1, 16, 128])
    #expect(result.decode.map(\.tokens) == [0, 5, 127])
    #expect(result.threads >= 1)
    for point in result.prefill + result.decode {
      let after = try #require(point.after)
      for samples in [point.before, after] {
        #expect(samples.values.count == 6)
        #expect(samples.values.allSatisfy { $0 > 0 })
      }
      let ratio = try #require(point.ratio)
      #expect(ratio.value == after.median / point.before.median)
      #expect(ratio.low <= ratio.high)
    }
  }

  @Test func aModelAloneHasNoAfter() throws {
    let result = try Growth(prompts: [4], contexts: [], repetitions: 1)
      .measure(before: fixture.model)
    #expect(result.prefill.count == 1 && result.decode.isEmpty)
    #expect(result.prefill[0].after == nil && result.prefill[0].ratio == nil)
  }

  @Test(arguments: [
    (Growth(prompts: [64, 129], contexts: [0]), 129), (Growth(prompts: [1], contexts: [128]), 129),
    (Growth(prompts: [200], contexts: [300]), 301),
  ])
  func whatDoesNotFitTheContextIsRefused(_ metric: Growth, _ needed: Int) {
    #expect(throws: EvaluationError.contextTooShort(needed: needed, context: 128)) {
      try metric.measure(before: fixture.model)
    }
  }

  @Test func progressOnlyGoesForwardAndEndsWithAll() throws {
    let updates = Mutex<[ProgressUpdate]>([])
    _ = try Growth(prompts: [1, 2, 3], contexts: [0, 1], repetitions: 2)
      .measure(before: fixture.model, after: fixture.model) { update in
        updates.withLock { $0.append(update) }
      }
    let seen = updates.withLock { $0 }
    #expect(seen.map(\.completed) == Array(1...seen.count))
    #expect(seen.allSatisfy { $0.completed <= $0.total })
    #expect(seen.last.map { $0.completed == $0.total } == true)
  }

  @Test func aCancelledMeasurementStops() async {
    let model = fixture.model
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try Growth(prompts: [1], contexts: [0]).measure(before: model)
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
