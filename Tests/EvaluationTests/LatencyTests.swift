import GPT2
import Quantization
import Testing

@testable import Evaluation

/// What a measurement of time promises but the times themselves.
@Suite struct LatencyTests {
  private let fixture: PerplexityFixture
  init() throws { fixture = try PerplexityFixture() }

  @Test func bothModelsHaveAllTheirSamples() throws {
    let metric = Latency(prompt: 16, generate: 3, warmup: 2, repetitions: 7)
    let result = try metric.measure(before: fixture.model, after: fixture.model)
    for samples in [
      result.before.prefill, result.after.prefill, result.before.decode, result.after.decode,
    ] {
      #expect(samples.values.count == 7)
      #expect(samples.values.allSatisfy { $0 > 0 })
      #expect(samples.interval.value == samples.median)
      #expect(samples.interval.low <= samples.interval.high)
    }
    #expect((2...metric.maximumWarmup).contains(result.warmup))
    #expect(result.threads >= 1)
    #expect(result.prefillRatio.value == result.after.prefill.median / result.before.prefill.median)
    #expect(result.decodeRatio != nil)
  }

  @Test func oneAfterTheOtherGivesAsManySamples() throws {
    var metric = Latency(prompt: 4, generate: 1, warmup: 1, repetitions: 3)
    metric.interleaves = false
    let result = try metric.measure(before: fixture.model, after: fixture.model)
    for model in [result.before, result.after] {
      #expect(model.prefill.values.count == 3)
      #expect(model.decode.values.count == 3)
    }
  }

  @Test func withoutDecodingThereIsNoRatioOfIt() throws {
    let result = try Latency(prompt: 4, warmup: 0, repetitions: 2)
      .measure(before: fixture.model, after: fixture.model)
    #expect(result.decodeRatio == nil)
    #expect(result.before.decode.values.isEmpty)
  }

  @Test func warmUpIsBounded() throws {
    #expect(Latency().maximumWarmup == 21)
    var metric = Latency(prompt: 4, warmup: 2, repetitions: 1)
    metric.maximumWarmup = 0
    #expect(try metric.measure(before: fixture.model, after: fixture.model).warmup == 2)
    metric.warmup = 0
    #expect(try metric.measure(before: fixture.model, after: fixture.model).warmup == 0)
    metric.warmup = 9
    metric.maximumWarmup = 9
    #expect(try metric.measure(before: fixture.model, after: fixture.model).warmup == 9)
  }

  @Test func aWideIntervalIsNoise() {
    var samples = Latency.Samples()
    samples.values = Array(repeating: 10, count: 12)
    #expect(!samples.isNoisy)
    samples.values = (0..<12).map { $0.isMultiple(of: 2) ? 10 : 13 }
    #expect(samples.isNoisy)
    // Too few for an interval is another matter.
    samples.values = [1, 100]
    #expect(!samples.isNoisy)
  }

  @Test func whatDoesNotFitTheContextIsRefused() {
    #expect(throws: EvaluationError.contextTooShort(needed: 129, context: 128)) {
      try Latency(prompt: 128, generate: 1)
        .measure(before: fixture.model, after: fixture.model)
    }
  }
}
