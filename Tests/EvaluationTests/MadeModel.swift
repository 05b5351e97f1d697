import Foundation
import GPT2
import ModelFiles

/// Models made so that their perplexity is known, or fails in a known way.
struct MadeModel {
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
    return try GPT2Model.load(path: folder.path)
  }
}
