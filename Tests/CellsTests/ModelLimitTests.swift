import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import Testing

/// What `check` sees of models that have not been loaded: their contexts, tokenizers and headers.
@Suite struct ModelLimitTests {
  /// `line:column code` of each mistake of a notebook whose first cell loads `model`.
  private func places(
    _ rest: String, model: String = "starter", in folder: URL? = nil
  ) -> [String] {
    let text =
      NotebookRun.cell("load", "base", "model: \(model)")
      + NotebookRun.cell("corpus", "text", "text: house-prose") + rest
    return NotebookRun.mistakes(in: text, in: folder).map { found in
      let place = found.span?.place.dropFirst("n.md:".count) ?? ""
      return "\(place) \(found.code.rawValue)"
    }
  }

  private func evaluate(_ body: String) -> String {
    "```{evaluate}\nof: base\ncorpus: text\n\(body)\n```"
  }

  @Test(
    "settings beyond the model's context are marked where they stand",
    arguments: [
      ("metrics: [perplexity]\nperplexity: {window: 2048}", "15:22 QB0508"),
      ("metrics: [perplexity]\nperplexity: {stride: 2000}", "15:22 QB0508"),
      ("metrics: [kl]\nkl: {window: 4096}", "15:14 QB0508"),
      ("metrics: [latency]\nlatency: {prompt: 1000, generate: 100}", "15:19 QB0508"),
      ("metrics: [growth]\ngrowth: {contexts: [0, 1024]}", "15:24 QB0508"),
    ])
  func context(_ body: String, _ place: String) {
    #expect(places(evaluate(body)) == [place])
  }

  @Test(
    "what fits is no mistake, nor what is not measured",
    arguments: [
      "metrics: [perplexity]\nperplexity: {window: 1024}",
      "metrics: [latency]\nlatency: {prompt: 1000, generate: 24}",
      "metrics: [memory]\nperplexity: {window: 2048}\nlatency: {prompt: 2000}",
    ])
  func fits(_ body: String) { #expect(places(evaluate(body)).isEmpty) }

  @Test("a quantized model has the context of what it was made from, in sweeps too")
  func quantized() {
    let rest =
      "```{quantize}\n#| label: q\nof: base\nscheme: [nf4, fp4]\n```\n"
      + "```{evaluate}\nof: q\nmetrics: [latency]\nlatency: {prompt: 1025}\n```"
    #expect(places(rest) == ["19:19 QB0508"])
  }

  @Test("a text cut to fewer tokens than the window is too short")
  func shortText() {
    let rest =
      "```{corpus}\n#| label: cut\ntext: house-prose\ntokenizer: base\nlimit: 100\n```\n"
      + "```{evaluate}\nof: base\ncorpus: cut\nmetrics: [perplexity]\n```"
    #expect(places(rest) == ["19:9 QB0505"])
  }

  @Test("random weights read no text")
  func randomWeights() {
    #expect(places(evaluate("metrics: [memory, kl]"), model: "random:gpt2") == ["12:5 QB0508"])
    #expect(places(evaluate("metrics: [memory]"), model: "random:gpt2").isEmpty)
    let corpus = "```{corpus}\ntext: house-prose\ntokenizer: base\n```"
    #expect(places(corpus, model: "random:gpt2") == ["13:12 QB0508"])
  }

  @Test("lengths that the context leaves out of growth are no fields")
  func growthFields() throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func field(_ name: String) -> [String] {
      let evaluation = "```{evaluate}\n#| label: r\nof: base\nmetrics: [growth]\n```\n"
      return places(
        evaluation + "{{ r.base.growth.prefill.\(name).after }}", model: "model", in: folder)
    }
    #expect(field("at128").isEmpty)
    #expect(field("at256") == ["16:26 QB0402"])
  }

  @Test("splits belong to named texts")
  func splits() {
    func corpus(_ body: String) -> [String] { places("```{corpus}\n\(body)\n```") }
    #expect(corpus("text: house-prose\nsplit: test").isEmpty)
    #expect(corpus("text: house-prose\nsplit: train") == ["13:8 QB0203"])
    #expect(corpus("text: text.txt\nsplit: test") == ["13:8 QB0207"])
  }

  @Test("headers are read: a folder whose tensors do not fit its configuration is a mistake")
  func headers() throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(places("", model: "model", in: folder).isEmpty)
    let config = folder.appendingPathComponent("model/config.json")
    let text = try String(contentsOf: config, encoding: .utf8)
    let changed = text.replacing(/"n_positions": \d+/, with: "\"n_positions\": 7")
    try changed.write(to: config, atomically: true, encoding: .utf8)
    #expect(places("", model: "model", in: folder) == ["3:8 QB0502"])
    try "{}".write(to: config, atomically: true, encoding: .utf8)
    #expect(places("", model: "model", in: folder) == ["3:8 QB0502"])
  }

  @Test("a folder without a tokenizer reads no text")
  func noTokenizer() throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let evaluation = evaluate("metrics: [perplexity]\nperplexity: {window: 8}")
    #expect(places(evaluation, model: "model", in: folder).isEmpty)
    try FileManager.default.removeItem(at: folder.appendingPathComponent("model/vocab.json"))
    #expect(places(evaluation, model: "model", in: folder) == ["12:5 QB0502"])
  }

  @Test(
    "a layer is one that the model has, and stands in place of patterns",
    arguments: [
      ("layer: 8", ["15:8 QB0206"]), ("layer: -1", ["15:8 QB0206"]),
      ("layer: [0, 7]", []), ("component: attn.c_attn\nonly: [wpe.weight]", ["15:12 QB0207"]),
    ] as [(String, [String])])
  func layers(_ body: String, _ found: [String]) {
    #expect(places("```{quantize}\n#| label: q\nof: base\nscheme: nf4\n\(body)\n```") == found)
  }
}
