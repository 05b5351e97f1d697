import GPT2
import Kernels
import Quantization
import Testing

/// Losses fused with the output head, which perplexity is made of, beside those of the logits.
@Suite(.serialized) struct FusedLossTests {
  /// A way to store the output head.
  struct Head: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let scheme: any QuantizationScheme
    /// False: the scheme leaves the head in its float format.
    var takesHead = true

    static let all: [Head] =
      FloatFormat.allCases.map { format in
        var scheme = NF4Scheme()
        scheme.remainder = format
        return Head(testDescription: "\(format)", scheme: scheme, takesHead: false)
      }
      + AllSchemes.all.map { Head(testDescription: $0.name, scheme: $0.init()) }
      + [int8, nf4]

    private static var int8: Head {
      var scheme = Int8Scheme()
      scheme.compute = .int8
      return Head(testDescription: "int8, compute int8", scheme: scheme)
    }

    private static var nf4: Head {
      var scheme = NF4Scheme()
      scheme.compute = .int8
      return Head(testDescription: "nf4, compute int8", scheme: scheme)
    }
  }

  @Test("equal to those of the logits, bit for bit on any number of threads", arguments: Head.all)
  func fused(head: Head) throws {
    let fixture = try PerplexityFixture()
    let model = try fixture.model.quantized(
      by: head.scheme, head: head.takesHead ? head.scheme : nil
    ).model
    let session = try GPT2Session(model)
    let count = session.capacity
    try session.read(fixture.tokens.prefix(count))
    let targets = Array(fixture.tokens[1...count])
    let expected = CrossEntropy.negativeLogLikelihoods(
      try session.logits(rows: 0..<count), vocabulary: model.config.vocabularySize,
      targets: targets.map(Int.init))
    let threads = ThreadPool.threadCount
    defer { ThreadPool.setThreadCount(threads) }
    let losses = try (1...3).map { threads in
      ThreadPool.setThreadCount(threads)
      return try session.negativeLogLikelihoods(rows: 0..<count, targets: targets)
    }
    let worst = zip(losses[0], expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst <= 2e-5)
    #expect(losses.allSatisfy { $0 == losses[0] })
  }
}
