import GPT2
import ModelFiles
import Testing

@Suite("equal to transformers") struct ParityTests {
  @Test(arguments: Fixture.all)
  func logitsAtEveryPosition(_ fixture: Fixture) throws {
    let expected = try fixture.expected()
    let session = try GPT2Session(fixture.model())
    try session.read(expected.tokens("input_ids"))
    let logits = Array(try session.logits(rows: 0..<session.rows))
    #expect(largestDifference(logits, expected.floats("logits")) <= 2e-4)
  }

  @Test(arguments: Fixture.all)
  func hiddenStatesOfEveryLayer(_ fixture: Fixture) throws {
    let expected = try fixture.expected()
    let model = try fixture.model()
    let layers = model.config.layerCount
    var names = ["wte": "hidden.0", "ln_f": "hidden.\(layers)"]
    for layer in 0..<layers - 1 { names["h.\(layer)"] = "hidden.\(layer + 1)" }
    var compared = 0
    let session = try GPT2Session(model)
    session.observer = { activation in
      guard let name = names[activation.component] else { return }
      let hidden = expected.floats(name)
      let scale = hidden.map(abs).max() ?? 0
      #expect(largestDifference(Array(activation.values), hidden) <= 1e-4 * scale, "\(name)")
      compared += 1
    }
    try session.read(expected.tokens("input_ids"))
    #expect(compared == layers + 1)
  }

  @Test(arguments: Fixture.all)
  func greedyContinuation(_ fixture: Fixture) throws {
    let expected = try fixture.expected()
    let greedy = expected.tokens("greedy")
    let session = try GPT2Session(fixture.model())
    let prompt = expected.tokens("greedy_prompt")
    #expect(!greedy.isEmpty)
    #expect(try session.generate(after: prompt, count: greedy.count).tokens == greedy)
  }

  @Test(arguments: Fixture.all)
  func decodingTokenByTokenEqualsPrefill(_ fixture: Fixture) throws {
    let expected = try fixture.expected()
    let session = try GPT2Session(fixture.model())
    let tokens = expected.tokens("input_ids")
    var logits: [Float] = []
    try session.read(tokens.prefix(5))
    logits += try session.logits(rows: 0..<5)
    for token in tokens.dropFirst(5) {
      try session.read([token])
      logits += try session.logits(rows: 0..<1)
    }
    #expect(largestDifference(logits, expected.floats("logits")) <= 2e-4)
    session.truncate(to: 3)
    try session.read(tokens[3..<6])
    let vocabulary = session.model.config.vocabularySize
    let again = Array(try session.logits(rows: 2..<3))
    #expect(largestDifference(again, logits[5 * vocabulary..<6 * vocabulary]) <= 2e-4)
  }
}
