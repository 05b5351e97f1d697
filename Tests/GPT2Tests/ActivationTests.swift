import Foundation
import GPT2
import Kernels
import ModelFiles
import SafeFiles
import Testing

@Suite struct ActivationTests {
  private static let folder = Fixture.folder.appending(path: "../activations").standardized

  /// The names of transformers that the fixture has logits for.
  private static let names = [
    "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh", "gelu",
    "gelu_python", "relu", "silu", "swish", "quick_gelu", "tanh",
  ]

  /// A copy of the fixture whose configuration names another function.
  private func withModel(_ name: String, _ body: (_ path: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "quantbook-\(UUID())")
    try FileManager.default.copyItem(at: Self.folder, to: folder)
    defer { try? FileManager.default.removeItem(at: folder) }
    let config = folder.appending(path: "config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    let changed = text.replacing("\"gelu_new\"", with: "\"\(name)\"")
    #expect(name == "gelu_new" || changed != text)
    try changed.write(to: config, atomically: true, encoding: .utf8)
    try body(folder.path)
  }

  @Test("logits are those of transformers", arguments: names)
  func logits(_ name: String) throws {
    try withModel(name) { path in
      let expected = try Safetensors(path: path + "/expected.safetensors")
      let model = try GPT2Model.load(path: path)
      for isObserved in [false, true] {
        let session = try GPT2Session(model)
        if isObserved { session.observer = { _ in } }
        try session.read(expected.tokens("input_ids"))
        let logits = Array(try session.logits(rows: 0..<session.rows))
        #expect(largestDifference(logits, expected.floats("logits.\(name)")) <= 2e-5)
      }
    }
  }

  @Test("what is exported has the function", arguments: ["relu", "swish", "gelu"])
  func exported(_ name: String) throws {
    try withModel(name) { path in
      let model = try GPT2Model.load(path: path)
      let copy = path + "/copy"
      try model.write(directory: copy, as: GPT2Model.DirectoryExport())
      #expect(try GPT2Model.load(path: copy).config.activation == model.config.activation)
      #expect(
        throws: GPT2Error.notExportable(
          "llama.cpp's GPT-2 computes gelu_new alone, this model has "
            + (name == "swish" ? "silu" : name))
      ) { try model.write(gguf: path + "/model.gguf", as: .f16) }
    }
  }

  @Test("another function is refused with those that are known")
  func unknown() throws {
    try withModel("mish") { path in
      let error = try #require(throws: GPT2Error.self) { try GPT2Model.load(path: path) }
      #expect("\(error)".hasSuffix("activation_function is 'mish', which is not computed"))
      #expect(error.help?.contains("relu") == true)
    }
  }
}
