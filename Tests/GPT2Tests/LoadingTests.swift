import Foundation
import GPT2
import ModelFiles
import SafeFiles
import Testing

/// A copy of a fixture that a test may damage.
private final class DamagedModel {
  let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")

  init(_ fixture: Fixture) throws {
    try FileManager.default.copyItem(atPath: fixture.directory, toPath: folder.path)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func changeConfig(_ json: String) throws {
    let url = folder.appending(path: "config.json")
    var object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
    let change = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    for (key, value) in change ?? [:] { object?[key] = value }
    try JSONSerialization.data(withJSONObject: object ?? [:]).write(to: url)
  }

  /// Writes the weights anew, as Float32, without and with some tensors.
  func changeTensors(dropping: Set<String> = [], adding: [String: [Int]] = [:]) throws {
    let path = folder.appending(path: "model.safetensors").path
    let file = try Safetensors(path: path)
    var writer = SafetensorsWriter()
    for tensor in file.tensors where !dropping.contains(tensor.name) {
      writer.add(
        tensor.name, tensor.type, shape: tensor.shape, bytes: Array(file.bytes(of: tensor)))
    }
    for (name, shape) in adding {
      writer.add(name, shape: shape, Array(repeating: 0, count: shape.reduce(1, *)))
    }
    try writer.write(to: path)
  }

  func load() throws -> GPT2Model { try GPT2Model.load(path: folder.path) }
}

@Suite struct LoadingTests {
  private let tied = Fixture.all[0]

  @Test(
    arguments: [
      (#"{"n_embd": "x"}"#, "n_embd"), (#"{"n_embd": 37}"#, "n_embd"),
      (#"{"n_layer": -1}"#, "n_layer"),
      (#"{"n_head": 0}"#, "n_head"), (#"{"vocab_size": 1e30}"#, "vocab_size"),
      (#"{"n_positions": 100000000000}"#, "n_positions"), (#"{"n_inner": true}"#, "n_inner"),
      (#"{"layer_norm_epsilon": -1}"#, "layer_norm_epsilon"),
      (#"{"activation_function": "mish"}"#, "activation_function"),
      (#"{"model_type": "llama"}"#, "model_type"),
      (#"{"scale_attn_weights": 1}"#, "scale_attn_weights"),
      (#"{"tie_word_embeddings": "yes"}"#, "tie_word_embeddings"),
    ])
  func aBadFieldIsNamed(_ json: String, _ field: String) throws {
    let model = try DamagedModel(tied)
    try model.changeConfig(json)
    let error = try #require(throws: GPT2Error.self) { try model.load() }
    guard case .file(let file) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(file.field == field)
    #expect(file.path.hasSuffix("config.json"))
  }

  @Test func aTensorOfAnotherShapeIsNamed() throws {
    let model = try DamagedModel(tied)
    try model.changeConfig(#"{"vocab_size": 212}"#)
    let path = model.folder.appending(path: "model.safetensors").path
    #expect(
      throws: GPT2Error.wrongShape(
        "transformer.wte.weight", expected: [212, 36], found: [211, 36], path: path)
    ) { try model.load() }
  }

  @Test func aMissingAndAnExtraTensorAreNamed() throws {
    let model = try DamagedModel(tied)
    let path = model.folder.appending(path: "model.safetensors").path
    let name = "transformer.h.1.mlp.c_fc.bias"
    try model.changeTensors(dropping: [name])
    #expect(throws: GPT2Error.missingTensor(name, shape: [144], path: path)) { try model.load() }
    try model.changeTensors(adding: [name: [144], "transformer.h.2.ln_1.bias": [36]])
    #expect(
      throws: GPT2Error.unexpectedTensor("transformer.h.2.ln_1.bias", shape: [36], path: path)
    ) { try model.load() }
  }

  @Test func headsForOtherTasksArePassedOver() throws {
    let model = try DamagedModel(tied)
    try model.changeTensors(adding: [
      "score.weight": [2, 36], "multiple_choice_head.summary.weight": [1, 36],
      "multiple_choice_head.summary.bias": [1],
    ])
    #expect(try model.load().config.layerCount == 2)
  }

  @Test func aPointerOfGitLFSIsNamedAsSuch() throws {
    let model = try DamagedModel(tied)
    let path = model.folder.appending(path: "model.safetensors")
    try Data("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n".utf8).write(
      to: path)
    let error = try #require(throws: GPT2Error.self) { try model.load() }
    #expect("\(error)".contains("is a pointer of Git LFS"))
    let alone = try #require(throws: GPT2Error.self) { try GPT2Model.load(path: path.path) }
    #expect("\(alone)".contains("is a pointer of Git LFS"))
  }

  @Test func aFolderSaysAllThatItLacks() throws {
    let model = try DamagedModel(tied)
    let config = model.folder.appending(path: "config.json")
    let inner = model.folder.appending(path: "checkpoint-5")
    try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
    try FileManager.default.moveItem(at: config, to: inner.appending(path: "config.json"))
    let error = try #require(throws: GPT2Error.self) { try model.load() }
    #expect(
      "\(error)".hasSuffix(
        "is no model: it lacks config.json, tokenizer.json (or vocab.json with merges.txt)"))
    #expect(error.help == "a folder in it has one: \(inner.path)")
    #expect(error.damagedPath == model.folder.path)
  }

  @Test func anUntiedHeadInTheFileIsUsed() throws {
    let model = try DamagedModel(tied)
    try model.changeTensors(adding: ["lm_head.weight": [211, 36]])
    let loaded = try model.load()
    #expect(!loaded.config.tiesHead)
    let session = try GPT2Session(loaded)
    try session.read([1, 2, 3])
    #expect(try session.logits(rows: 0..<3).allSatisfy { $0 == 0 })
  }

  @Test func aMissingFileIsNamed() throws {
    let model = try DamagedModel(tied)
    let weights = model.folder.appending(path: "model.safetensors")
    try FileManager.default.removeItem(at: weights)
    let error = try #require(throws: GPT2Error.self) { try model.load() }
    #expect(error.description.contains(weights.path))
    try FileManager.default.removeItem(at: model.folder.appending(path: "config.json"))
    #expect(
      try #require(throws: GPT2Error.self) { try model.load() }.description.contains("config"))
  }

  @Test(arguments: [
    #""../model.safetensors""#, #""/etc/passwd""#, "3", "\"../\u{301}model.safetensors\"",
    #""missing.safetensors""#,
  ])
  func anIndexThatLeadsElsewhereIsRefused(_ shard: String) throws {
    let model = try DamagedModel(Fixture.all[2])
    let json = #"{"weight_map": {"transformer.wte.weight": \#(shard)}}"#
    try Data(json.utf8).write(to: model.folder.appending(path: "model.safetensors.index.json"))
    let error = try #require(throws: GPT2Error.self) { try model.load() }
    #expect(
      error.description.contains("must be the name of a file in the same folder")
        != shard.contains("missing"))
  }
}
