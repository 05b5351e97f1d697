import Evaluation
import Testing

@Suite struct FailureTests {
  private let tokens: [Int32] = (0..<64).map { Int32($0 * 5 % 8) }
  private let metric = Perplexity(window: 16, stride: 8)

  @Test func aLossBeyondDoublesExponentialIsInfinityWithItsCause() throws {
    var made = MadeModel()
    // Every position says token 0 by 4000 nats.
    made.set("ln_f.bias") { $0 = [100, 0, 0, 0] }
    made.set("wte.weight") { $0[0] = 40 }
    let result = try metric.measure(made.load(), tokens: tokens)
    #expect(result.value == .infinity)
    #expect(result.nll.isFinite)
    #expect(result.nonFinite == nil)
    let cause = try #require(result.cause)
    #expect(cause.contains(/likelihood is [0-9],[0-9]{3}\.[0-9] nats, and/), "\(cause)")
  }

  @Test(arguments: [Float.nan, .infinity])
  func aWeightThatIsNotFiniteIsNamedByTheFirstPartThatShowsIt(_ value: Float) throws {
    var made = MadeModel()
    made.set("h.0.mlp.c_fc.bias") { $0[3] = value }
    let result = try metric.measure(made.load(), tokens: tokens)
    let nonFinite = try #require(result.nonFinite)
    #expect(nonFinite.component == "h.0.mlp.c_fc")
    #expect(nonFinite.token == 0)
    #expect(nonFinite.window == 0)
    #expect(nonFinite.isNaN == value.isNaN)
    #expect(!result.value.isFinite)
    #expect(result.cause == nonFinite.description)
  }

  @Test func aBadTokenIsFoundWhereItStands() throws {
    var made = MadeModel()
    made.set("wte.weight") { $0[7 * 4] = .nan }
    var tokens = [Int32](repeating: 1, count: 64)
    tokens[21] = 7
    // The head is tied: its row 7 is NaN everywhere, and the first window shows it.
    let result = try metric.measure(made.load(), tokens: tokens)
    #expect(result.nonFinite?.component == "lm_head")
    made.config["tie_word_embeddings"] = false
    made.tensors["lm_head.weight"] = ([8, 4], Array(repeating: 0, count: 32))
    let untied = try metric.measure(made.load(), tokens: tokens)
    #expect(untied.nonFinite?.component == "wte")
    #expect(untied.nonFinite?.token == 21)
    #expect(untied.nonFinite?.window == 1)
  }
}
