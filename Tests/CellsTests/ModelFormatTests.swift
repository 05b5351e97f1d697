import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// `model:` of a load cell leads to a file of another format.
@Suite final class ModelFormatTests {
  private let folder: URL

  init() throws { folder = try NotebookRun.folder() }

  deinit { try? FileManager.default.removeItem(at: folder) }

  private func copy(_ path: String, to name: String) throws {
    let target = folder.appendingPathComponent(name)
    try FileManager.default.createDirectory(
      at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      at: NotebookRun.fixtures.appendingPathComponent(path), to: target)
  }

  private func notebook(_ model: String) -> String {
    NotebookRun.cell("load", "base", "model: \(model)")
      + NotebookRun.cell("corpus", "text", "text: text.txt\ntokenizer: base")
      + "{{ base.name }} has {{ base.layers }} layers, the text {{ text.tokens }} tokens."
  }

  @Test func aGGUFFileHasItsTokenizerInIt() async throws {
    try copy("gguf/mixed.gguf", to: "mixed.gguf")
    #expect(NotebookRun.mistakes(in: notebook("mixed.gguf"), in: folder).isEmpty)
    _ = try await NotebookRun.run(notebook("mixed.gguf"), in: folder).get()
    #expect(
      ModelPath.files(at: folder.path + "/mixed.gguf") == [folder.path + "/mixed.gguf"])
  }

  @Test func aCheckpointOfLLMCTakesTheTokenizerBesideIt() async throws {
    try copy("llmc/bfloat16.bin", to: "llmc/model.bin")
    let evaluation = NotebookRun.cell(
      "evaluate", "results",
      "of: base\ncorpus: text\nmetrics: [perplexity]\nperplexity: {window: 16, stride: 8}")
    let found = NotebookRun.mistakes(
      in: notebook("llmc/model.bin") + "\n\n" + evaluation, in: folder)
    #expect(found.contains { $0.message.contains("no tokenizer within it or beside it") })
    try copy("tokenizer/vocab.json", to: "llmc/vocab.json")
    try copy("tokenizer/merges.txt", to: "llmc/merges.txt")
    _ = try await NotebookRun.run(notebook("llmc/model.bin"), in: folder).get()
    let names = ModelPath.files(at: folder.path + "/llmc/model.bin").map { ModelPath.name(of: $0) }
    #expect(names == ["model.bin", "merges.txt", "vocab.json"])
  }

  @Test func aQuantizedFolderIsLoadedPacked() async throws {
    try copy("quantized/nf4", to: "nf4")
    let text = NotebookRun.cell("load", "base", "model: nf4")
    let base = try #require(try await NotebookRun.run(text, in: folder).get().scope.values["base"])
    let bytes = try #require(base[path: "bytes"]?.asNumber?.value)
    let parameters = try #require(base[path: "parameters"]?.asNumber?.value)
    #expect(bytes < 4 * parameters)
  }

  @Test func whatIsQuantizedASecondTimeIsSaidToBe() async throws {
    try copy("quantized/nf4", to: "nf4")
    try copy("gguf/mixed.gguf", to: "mixed.gguf")
    for (model, told) in [
      ("nf4", "a second time, after nf4"), ("mixed.gguf", "a second time, after Q"), ("model", nil),
    ] {
      let text =
        NotebookRun.cell("load", "base", "model: \(model)")
        + NotebookRun.cell("quantize", "q", "of: base\nscheme: int8")
      let value = try #require(try await NotebookRun.run(text, in: folder).get().scope.values["q"])
      guard case .table(let table)? = CoverageTable.display(of: value) else {
        Issue.record("no table of what was quantized")
        continue
      }
      let summary = try #require(table.summary)
      #expect(summary.contains("a second time") == (told != nil), "\(summary)")
      if let told { #expect(summary.contains(told), "\(summary)") }
    }
  }

  @Test func aPickleAloneIsRefusedWithTheCommandThatConvertsIt() throws {
    try FileManager.default.moveItem(
      at: folder.appendingPathComponent("model/model.safetensors"),
      to: folder.appendingPathComponent("model/pytorch_model.bin"))
    let found = NotebookRun.mistakes(
      in: NotebookRun.cell("load", "base", "model: model"), in: folder)
    #expect(found.map(\.code) == [.invalidModel])
    #expect(found.first?.message.contains("pickle") == true)
    #expect(found.first?.help?.contains("save_pretrained") == true)
  }

  @Test(
    arguments: [
      ("mixd.gguf", DiagnosticCode.missingModel, "did you mean 'mixed.gguf'?"),
      ("cut.gguf", .invalidModel, ""), ("text.txt", .invalidModel, "a .gguf file"),
    ])
  func badFiles(_ name: String, _ code: DiagnosticCode, _ help: String) async throws {
    try copy("gguf/mixed.gguf", to: "mixed.gguf")
    try Data(contentsOf: folder.appendingPathComponent("mixed.gguf")).prefix(3000)
      .write(to: folder.appendingPathComponent("cut.gguf"))
    let text = NotebookRun.cell("load", "base", "model: \(name)")
    guard case .failure(let failure) = await NotebookRun.run(text, in: folder) else {
      Issue.record("it loads")
      return
    }
    #expect(failure.diagnostics.map(\.code) == [code])
    #expect(failure.diagnostics.first?.help?.contains(help) ?? help.isEmpty)
  }
}
