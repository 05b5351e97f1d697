#if canImport(Glibc)
  import GPT2
  import Glibc
  import Quantization
  import Testing

  @testable import Evaluation

  /// What the process allocates by `malloc`, where a library that counts was loaded before it;
  /// `docs/testing.md` says how.
  private enum AllocationCounter {
    private static let counter = dlsym(nil, "counted_allocations").map {
      unsafeBitCast($0, to: (@convention(c) () -> Int).self)
    }

    static var isLoaded: Bool { counter != nil }
    /// Allocations of the calling thread since it began.
    static var count: Int { counter?() ?? 0 }
  }

  @Suite(.enabled(if: AllocationCounter.isLoaded, "no allocation counter was loaded"))
  struct LatencyAllocationTests {
    @Test func theCounterCounts() {
      let before = AllocationCounter.count
      let text = (1...10).map { String(repeating: "x", count: 100 * $0) }
      #expect(AllocationCounter.count - before >= 10)
      #expect(text.last?.utf8.count == 1000)
    }

    @Test(arguments: ["float32", "llmInt8", "fp4", "nf4", "int8"])
    func aPassAllocatesNothing(_ name: String) throws {
      let fixture = try PerplexityFixture()
      var model = fixture.model
      if let scheme = AllSchemes.named(name) {
        model = try model.quantized(by: scheme.init()).model
      }
      let run = try LatencyRun(
        before: model, after: model, tokens: Array(fixture.tokens.prefix(20)), prompt: 16)
      for _ in 0..<2 { _ = try run.pass(run.before) }
      let before = AllocationCounter.count
      for _ in 0..<3 { _ = try run.pass(run.before) }
      #expect(AllocationCounter.count == before)
    }
  }
#endif
