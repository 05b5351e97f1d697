import Evaluation
import Foundation
import GPT2
import ModelFiles
import Testing

/// Models made so that their perplexity is known, or fails in a known way.
private struct MadeModel {
  var config = ["model_type": "gpt2", "activation_function": "gelu_new"] as [String: Any]
  var tensors: [String: (shape: [Int], values: [Float])] = [:]

  /// One layer, width 4, context 16, vocabulary 8; all weights 0, so all tokens equally likely.
  init() {
    for (key, value) in [
      "n_embd": 4, "n_layer": 1, "n_head": 2, "vocab_size": 8, "n_positions": 16,
    ] {
      config[key] = value
    }
    add("wte.weight", [8, 4])
    add("wpe.weight", [16, 4])
    for (name, inputs, outputs) in [
      ("attn.c_attn", 4, 12), ("attn.c_proj", 4, 4), ("mlp.c_fc", 4, 16), ("mlp.c_proj", 16, 4),
    ] {
      add("h.0.\(name).weight", [inputs, outputs])
      add("h.0.\(name).bias", [outputs])
    }
    for name in ["h.0.ln_1", "h.0.ln_2", "ln_f"] {
      add("\(name).weight", [4])
      add("\(name).bias", [4])
    }
  }

  private mutating func add(_ name: String, _ shape: [Int]) {
    tensors[name] = (shape, Array(repeating: 0, count: shape.reduce(1, *)))
  }

  mutating func set(_ name: String, _ change: (inout [Float]) -> Void) {
    guard var tensor = tensors[name] else { return }
    change(&tensor.values)
    tensors[name] = tensor
  }

  func load() throws -> GPT2Model {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try JSONSerialization.data(withJSONObject: config)
      .write(to: folder.appending(path: "config.json"))
    var writer = SafetensorsWriter()
    for (name, tensor) in tensors { writer.add(name, shape: tensor.shape, tensor.values) }
    try writer.write(to: folder.appending(path: "model.safetensors").path)
    return try GPT2Model.load(directory: folder.path)
  }
}

@Suite struct FailureTests {
  private let tokens: [Int32] = (0..<64).map { Int32($0 * 5 % 8) }
  private let metric = Perplexity(window: 16, stride: 8)

  @Test func aUniformModelHasThePerplexityOfItsVocabulary() throws {
    let result = try metric.measure(MadeModel().load(), tokens: tokens)
    #expect(abs(result.value - 8) < 1e-12)
    #expect(result.error < 1e-6)
    #expect(result.tokens == 63)
  }

  @Test func aLossBeyondDoublesExponentialIsInfinityWithItsCause() throws {
    var made = MadeModel()
    // Every position says token 0 by 4000 nats.
    made.set("ln_f.bias") { $0 = [100, 0, 0, 0] }
    made.set("wte.weight") { $0[0] = 40 }
    let result = try metric.measure(made.load(), tokens: tokens)
    #expect(result.value == .infinity)
    #expect(result.nll.isFinite)
    #expect(result.nonFinite == nil)
    #expect(try #require(result.cause).contains("nats"))
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
