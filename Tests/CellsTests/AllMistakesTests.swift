import Cells
import Diagnostics
import NotebookLanguage
import Testing

/// An unknown key, or a value that cannot be read, takes nothing from what the cell itself finds of others.
@Suite struct AllMistakesTests {
  private func codes(_ body: String, cell: String = "quantize") -> [DiagnosticCode] {
    let text =
      NotebookRun.cell("load", "base", "model: starter")
      + NotebookRun.cell(cell, nil, "of: base\n\(body)")
    return NotebookRun.mistakes(in: text).map(\.code)
  }

  @Test("an unknown key and keys that do not fit the scheme are told together")
  func together() {
    #expect(
      codes("scheme: int8\nblokSize: 3\noutlierThreshold: 1")
        == [.unknownKey, .conflictingKeys])
    #expect(codes("scheme: int8\nonli: a\nonly: [h.*.atn.*]") == [.unknownKey, .unmatchedPattern])
  }

  @Test("a value that cannot be read leads to no further mistakes")
  func alone() {
    #expect(codes("scheme: nf-4\nblockSize: 64\noutlierThreshold: 1") == [.unknownValue])
  }

  @Test("a value that cannot be read hides nothing that other keys are known by")
  func others() {
    #expect(
      codes("scheme: nf-4\noutlierThreshold: -1\nonly: [h.*.atn.*]")
        == [.unknownValue, .outOfRange, .unmatchedPattern])
    #expect(codes("scheme: int8\ngranularity: grup\nblockSize: 64") == [.unknownValue])
    #expect(
      codes("scheme: int8\ngranularity: grup\ncodeRule: cpu") == [.unknownValue, .conflictingKeys])
    #expect(codes("scheme: [int8, [nf4]]\nblockSize: many") == [.wrongType, .wrongType])
    #expect(codes("scheme: [int8, nf-4]\ngranularity: group\nblockSize: 0").contains(.outOfRange))
  }

  @Test("in a mapping too")
  func nested() {
    let perplexity = "metrics: [perplexity]\nperplexity: "
    #expect(
      codes(perplexity + "{definition: halfWindo, stride: 1, window: 1}", cell: "evaluate")
        == [.unknownValue, .outOfRange])
    #expect(
      codes(perplexity + "{definition: halfWindow, stride: 8, window: many}", cell: "evaluate")
        == [.conflictingKeys, .wrongType])
    #expect(
      codes("metrics: [perplexty]\nlatency: {prompt: 1000}", cell: "evaluate") == [.unknownValue])
    #expect(codes("metrics: []", cell: "evaluate") == [.outOfRange])
    #expect(
      codes("metrics: [perplexity]\nperplexity: {window: 2048, stride: many}", cell: "evaluate")
        == [.impossibleSetting, .wrongType])
    #expect(
      codes("metrics: [latency]\nlatency: {prompt: many, generate: 1000}", cell: "evaluate")
        == [.wrongType])
  }

  @Test("a selection that leaves nothing, and one of what the scheme does not take")
  func selection() {
    #expect(codes("scheme: nf4\nonly: [h.*.bias]") == [.unmatchedPattern])
    #expect(codes("scheme: nf4\nexcept: [h.*.attn.*, h.*.mlp.*]") == [.unmatchedPattern])
    #expect(codes("scheme: nf4\nexcept: [h.*.attn.*, h.*.mlp.*]\nhead: int8") == [])
    #expect(codes("scheme: nf4\nonly: [h.0.*]") == [.quantizationFailed])
    #expect(codes("scheme: nf4\nonly: [h.0.*]\nexcept: [h.0.ln_*]") == [])
    #expect(codes("scheme: int8\nonly: [h.0.*]") == [])
  }
}
