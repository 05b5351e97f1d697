import Diagnostics
import Foundation
import Testing

/// Every mistake gets one message with its place and the right code, and nothing traps.
@Suite struct BadInputTests {
  struct Case: CustomTestStringConvertible {
    var testDescription: String
    var notebook: String
    /// What is done to the folder first.
    var damage: @Sendable (URL) throws -> Void = { _ in }
    var code: DiagnosticCode
    /// `line:column` of the place, and a part of the message.
    var place: String
    var message: String
    /// A part of what to do.
    var help: String?
  }

  private static let load = "```{load}\n#| label: base\nmodel: model\n```\n"
  private static let corpus = "```{corpus}\n#| label: text\ntext: text.txt\n```\n"

  private static func quantize(_ body: String) -> String {
    load + "```{quantize}\n#| label: q\nof: base\n\(body)\n```\n"
  }

  private static func evaluate(_ body: String, label: String? = nil) -> String {
    let option = label.map { "#| label: \($0)\n" } ?? ""
    return quantize("scheme: nf4") + corpus + "```{evaluate}\n\(option)of: q\n\(body)\n```\n"
  }

  private static func rewrite(
    _ file: String, _ change: @escaping @Sendable (Data) -> Data
  ) -> @Sendable (URL) throws -> Void {
    { folder in
      let url = folder.appendingPathComponent(file)
      try change(try Data(contentsOf: url)).write(to: url)
    }
  }

  private static func replace(
    _ file: String, _ text: String, with other: String
  ) -> @Sendable (URL) throws -> Void {
    rewrite(file) { data in
      Data(String(decoding: data, as: UTF8.self).replacingOccurrences(of: text, with: other).utf8)
    }
  }

  static let all: [Case] = [
    Case(
      testDescription: "no such model", notebook: "```{load}\nmodel: startr\n```",
      code: .missingModel, place: "2:8", message: "no model is called 'startr'"),
    Case(
      testDescription: "no such size", notebook: "```{load}\nmodel: random:gpt3\n```",
      code: .unknownValue, place: "2:8", message: "unknown size of random model 'gpt3'"),
    Case(
      testDescription: "truncated weights", notebook: load,
      damage: rewrite("model/model.safetensors") { $0.prefix($0.count / 2) },
      code: .invalidModel, place: "3:8", message: "model.safetensors"),
    Case(
      testDescription: "header longer than the file", notebook: load,
      damage: rewrite("model/model.safetensors") {
        Data(repeating: 0xFF, count: 8) + $0.dropFirst(8)
      },
      code: .invalidModel, place: "3:8", message: "model.safetensors"),
    Case(
      testDescription: "empty weights", notebook: load,
      damage: rewrite("model/model.safetensors") { _ in Data() },
      code: .invalidModel, place: "3:8", message: "model.safetensors"),
    Case(
      testDescription: "no weights", notebook: load,
      damage: {
        try FileManager.default.removeItem(
          at: $0.appendingPathComponent("model/model.safetensors"))
      },
      code: .invalidModel, place: "3:8", message: "model.safetensors"),
    Case(
      testDescription: "a width that is none of the heads'", notebook: load,
      damage: replace("model/config.json", "\"n_embd\": 64", with: "\"n_embd\": 65"),
      code: .invalidModel, place: "3:8", message: "n_embd"),
    Case(
      testDescription: "tensors of another shape", notebook: load,
      damage: replace("model/config.json", "\"n_embd\": 64", with: "\"n_embd\": 32"),
      code: .invalidModel, place: "3:8", message: "shape"),
    Case(
      testDescription: "another kind of model", notebook: load,
      damage: replace("model/config.json", "\"gpt2\"", with: "\"llama\""),
      code: .invalidModel, place: "3:8", message: "llama"),
    Case(
      testDescription: "configuration that is no JSON", notebook: load,
      damage: rewrite("model/config.json") { _ in Data("{".utf8) },
      code: .invalidModel, place: "3:8", message: "config.json"),
    Case(
      testDescription: "no such text", notebook: "```{corpus}\ntext: house-pose\n```",
      code: .missingCorpus, place: "2:7", message: "no text is called 'house-pose'"),
    Case(
      testDescription: "a text that is no UTF-8", notebook: corpus,
      damage: rewrite("text.txt") { _ in Data([0x41, 0xFF, 0xFE]) },
      code: .invalidCorpus, place: "3:7", message: "not UTF-8", help: "iconv -f LATIN1"),
    Case(
      testDescription: "a text in UTF-16", notebook: corpus,
      damage: rewrite("text.txt") { _ in Data([0xFF, 0xFE, 0x41, 0]) },
      code: .invalidCorpus, place: "3:7", message: "not UTF-8",
      help: "its byte order mark says UTF-16"),
    Case(
      testDescription: "a text compressed by bzip2", notebook: "```{corpus}\ntext: text.bz2\n```",
      damage: {
        try Data("BZh91AY&SY".utf8 + [0xFF]).write(to: $0.appendingPathComponent("text.bz2"))
      },
      code: .invalidCorpus, place: "2:7", message: "not UTF-8", help: "bunzip2 -k text.bz2"),
    Case(
      testDescription: "one text joined as llama.cpp joins",
      notebook: "```{corpus}\ntext: text.txt\njoin: llama.cpp\n```",
      code: .conflictingKeys, place: "3:7", message: "llama.cpp reads a plain file as it is",
      help: "leave 'join' out"),
    Case(
      testDescription: "an activation function misspelt", notebook: load,
      damage: replace("model/config.json", "\"gelu_new\"", with: "\"gelu_nwe\""),
      code: .invalidModel, place: "3:8", message: "activation_function is 'gelu_nwe'",
      help: "did you mean 'gelu_new'"),
    Case(
      testDescription: "a split misspelt",
      notebook: "```{corpus}\ntext: wikitext-2\nsplit: tset\n```",
      code: .unknownValue, place: "3:8", message: "'wikitext-2' has no split 'tset'",
      help: "did you mean 'test'"),
    Case(
      testDescription: "a window of a parameter",
      notebook: "---\nparams: {w: 4096}\n---\n"
        + evaluate(
          "corpus: text\nmetrics: [perplexity]\nperplexity: {window: {{ params.w }}, stride: 32}"
        ),
      code: .impossibleSetting, place: "21:22", message: "context of 128",
      help: "give 'perplexity.window' at most 128, as by -P w=128"),
    Case(
      testDescription: "a pattern that no file fits",
      notebook: "```{corpus}\ntext: model/*.md\n```",
      code: .missingCorpus, place: "2:7", message: "no file fits the pattern 'model/*.md'"),
    Case(
      testDescription: "a limit of no tokens",
      notebook: "```{corpus}\ntext: text.txt\nlimit: 0\n```",
      code: .wrongType, place: "3:8", message: "a number of tokens such as 16384"),
    Case(
      testDescription: "a share of more than the whole",
      notebook: "```{corpus}\ntext: text.txt\nlimit: 101%\n```",
      code: .wrongType, place: "3:8", message: "found '101%'"),
    Case(
      testDescription: "a limit in tokens of no model",
      notebook: "```{corpus}\ntext: text.txt\nlimit: 16\n```",
      code: .missingKey, place: "3:8", message: "needs the key 'tokenizer'"),
    Case(
      testDescription: "text shorter than a window",
      notebook: evaluate(
        "corpus: text\nmetrics: [perplexity]\nperplexity: {window: 64, stride: 32}"),
      damage: rewrite("text.txt") { _ in Data("Too short.".utf8) },
      code: .corpusTooShort, place: "16:9", message: "at least 64 are needed"),
    Case(
      testDescription: "window longer than the context",
      notebook: evaluate(
        "corpus: text\nmetrics: [perplexity]\nperplexity: {window: 4096, stride: 32}"),
      code: .impossibleSetting, place: "18:22", message: "context of 128",
      help: "give 'perplexity.window' at most 128"),
    Case(
      testDescription: "stride longer than the window",
      notebook: evaluate(
        "corpus: text\nmetrics: [perplexity]\nperplexity: {window: 64, stride: 65}"),
      code: .conflictingKeys, place: "18:34", message: "would pass over tokens"),
    Case(
      testDescription: "prompt longer than the context",
      notebook: evaluate("metrics: [latency]\nlatency: {prompt: 100, generate: 100}"),
      code: .impossibleSetting, place: "17:19", message: "context of 128"),
    Case(
      testDescription: "a length beyond the context",
      notebook: evaluate("metrics: [growth]\ngrowth: {prompts: [16, 129], contexts: [0]}"),
      code: .impossibleSetting, place: "17:24", message: "context of 128"),
    Case(
      testDescription: "a context that leaves no room for a token",
      notebook: evaluate("metrics: [growth]\ngrowth: {prompts: [16], contexts: [0, 128]}"),
      code: .impossibleSetting, place: "17:39", message: "context of 128"),
    Case(
      testDescription: "a prompt of nothing",
      notebook: evaluate("metrics: [growth]\ngrowth: {prompts: [0, 16]}"),
      code: .outOfRange, place: "17:20", message: "'prompts' is from 1"),
    Case(
      testDescription: "lengths that do not ascend",
      notebook: evaluate("metrics: [growth]\ngrowth: {contexts: [0, 64, 64]}"),
      code: .outOfRange, place: "17:28", message: "must ascend, but 64 follows 64"),
    Case(
      testDescription: "no length", notebook: evaluate("metrics: [growth]\ngrowth: {prompts: []}"),
      code: .outOfRange, place: "17:19", message: "from 1 to 64 entries, not 0"),
    Case(
      testDescription: "too many lengths",
      notebook: evaluate(
        "metrics: [growth]\ngrowth: {prompts: [\((1...65).map(String.init).joined(separator: ", "))]}"
      ), code: .outOfRange, place: "17:19", message: "from 1 to 64 entries, not 65"),
    Case(
      testDescription: "a length that was not measured",
      notebook: evaluate("metrics: [growth]\ngrowth: {prompts: [8], contexts: [0]}", label: "r")
        + "\n{{ r.q.growth.prefill.at16.ratio }}\n",
      code: .unknownField, place: "21:23", message: "has no field 'at16'"),
    Case(
      testDescription: "a line of lists of different lengths",
      notebook: evaluate(
        "metrics: [growth]\ngrowth: {prompts: [1, 8], contexts: [0], repetitions: 1}", label: "r")
        + "```{plot}\nkind: line\nfrom: r\nx: growth.prefill.tokens\ny: growth.decode.after\n```",
      code: .impossibleSetting, place: "24:4", message: "1 values at 'growth.decode.after', but 2"),
    Case(
      testDescription: "a line of a list over a single value",
      notebook: evaluate(
        "metrics: [growth]\ngrowth: {prompts: [1, 8], contexts: [0], repetitions: 1}", label: "r")
        + "```{plot}\nkind: line\nfrom: r\nx: bitsPerWeight\ny: growth.prefill.after\n```",
      code: .expressionType, place: "23:4", message: "a list is needed here"),
    Case(
      testDescription: "a stride for windows that have none",
      notebook: evaluate("corpus: text\nperplexity: {definition: rolling, stride: 4}"),
      code: .conflictingKeys, place: "17:43", message: "'stride' has no meaning"),
    Case(
      testDescription: "a stride larger than the window",
      notebook: evaluate("corpus: text\nperplexity: {window: 8, stride: 9}"),
      code: .conflictingKeys, place: "17:33", message: "would pass over tokens"),
    Case(
      testDescription: "a weighting of half windows",
      notebook: evaluate("corpus: text\nperplexity: {definition: halfWindow, weighting: guide}"),
      code: .conflictingKeys, place: "17:49", message: "'weighting' has no meaning"),
    Case(
      testDescription: "a text too short for two windows of halfWindow",
      notebook: evaluate("corpus: text\nmetrics: [kl]\nkl: {window: 32}"),
      damage: rewrite("text.txt") { _ in Data("too short".utf8) },
      code: .corpusTooShort, place: "16:9", message: "at least 64 are needed"),
    Case(
      testDescription: "divergence without a text", notebook: evaluate("metrics: [kl]"),
      code: .missingKey, place: "15:5", message: "kl needs a text"),
    Case(
      testDescription: "a baseline that is not what the model was made from",
      notebook: load + "```{load}\n#| label: other\nmodel: random:model/config.json\n```\n"
        + "```{quantize}\n#| label: q\nof: base\nscheme: nf4\n```\n"
        + "```{evaluate}\nof: q\nbaseline: other\nmetrics: [memory]\n```\n",
      code: .impossibleSetting, place: "16:11", message: "'other' is no baseline here"),
    Case(
      testDescription: "perplexity without a text", notebook: evaluate("metrics: [perplexity]"),
      code: .missingKey, place: "15:5", message: "needs a text"),
    Case(
      testDescription: "an unknown metric", notebook: evaluate("metrics: [latncy]"),
      code: .unknownValue, place: "16:11", message: "unknown metric 'latncy'"),
    Case(
      testDescription: "a pattern that matches nothing",
      notebook: quantize("scheme: int8\nonly: [\"h.*.atn.c_attn.*\"]"),
      code: .unmatchedPattern, place: "9:8", message: "matches no tensor"),
    Case(
      testDescription: "an unknown scheme", notebook: quantize("scheme: nf-4"),
      code: .unknownValue, place: "8:9", message: "unknown scheme 'nf-4'"),
    Case(
      testDescription: "a key of another scheme", notebook: quantize("scheme: nf4\ncodes: raw"),
      code: .conflictingKeys, place: "9:8", message: "has no meaning for the scheme nf4"),
    Case(
      testDescription: "a block size that there is not",
      notebook: quantize("scheme: nf4\nblockSize: 48"),
      code: .outOfRange, place: "9:12", message: "cannot be 48"),
    Case(
      testDescription: "a threshold below zero",
      notebook: quantize("scheme: llmInt8\noutlierThreshold: -1"),
      code: .outOfRange, place: "9:19", message: "from 0 on"),
    Case(
      testDescription: "a model quantized twice",
      notebook: quantize("scheme: nf4") + "```{quantize}\nof: q\nscheme: fp4\n```",
      code: .wrongKindOfLabel, place: "11:5", message: "'q' is a quantize cell"),
    Case(
      testDescription: "a column that there is not",
      notebook: evaluate("metrics: [memory]", label: "r")
        + "```{plot-table}\nfrom: r\ncolumns: [p]\nrows: [{label: A, value: memory.after}]\n```",
      code: .unknownField, place: "21:11", message: "unknown column 'p'"),
    Case(
      testDescription: "a path that leads nowhere",
      notebook: evaluate("metrics: [memory]", label: "r")
        + "```{plot-table}\nfrom: r\ncolumns: [q]\nrows: [{label: A, value: memory.aftr}]\n```",
      code: .unknownField, place: "22:33", message: "'memory' has no field 'aftr'"),
    Case(
      testDescription: "a chart without its axis",
      notebook: evaluate("metrics: [memory]", label: "r")
        + "```{plot}\nkind: scatter\nfrom: r\ny: memory.after\n```",
      code: .missingKey, place: "21:7", message: "needs the key 'x'"),
    Case(
      testDescription: "a row of the wrong length",
      notebook: "```{published}\nsource: A\ncolumns: [a, b]\nrows: {p: [1]}\n```",
      code: .conflictingKeys, place: "4:8", message: "1 values for 2 columns"),
    Case(
      testDescription: "a column twice",
      notebook: "```{published}\nsource: A\ncolumns: [a, a]\nrows: {p: [1, 2]}\n```",
      code: .duplicateKey, place: "3:14", message: "the column 'a' stands here twice"),
    Case(
      testDescription: "a figure that is the beginning of another's path",
      notebook: "```{published}\nsource: A\ncolumns: [a]\nrows: {p.q: [1], p: [1]}\n```",
      code: .conflictingKeys, place: "4:18", message: "'p' cannot be a figure and have 'p.q' in it"),
    Case(
      testDescription: "figures without rows",
      notebook: "```{published}\nsource: A\ncolumns: [a]\nrows: {}\n```",
      code: .missingKey, place: "3:11", message: "'rows' is empty"),
    Case(
      testDescription: "no claims", notebook: "```{expect}\nconditions: []\n```",
      code: .missingKey, place: "2:13", message: "there is nothing to expect"),
    Case(
      testDescription: "nothing to evaluate",
      notebook: "```{evaluate}\nof: []\nmetrics: [memory]\n```",
      code: .outOfRange, place: "2:5", message: "'of' is empty"),
    Case(
      testDescription: "perplexity of random weights",
      notebook: "```{load}\n#| label: base\nmodel: random:model/config.json\n```\n" + corpus
        + "```{evaluate}\nof: base\ncorpus: text\nmetrics: [perplexity]\n```",
      code: .impossibleSetting, place: "10:5", message: "no tokenizer"),
  ]

  @Test("one message, with its place", arguments: all)
  func message(_ example: Case) async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try example.damage(folder)
    guard case .failure(let mistakes) = await NotebookRun.run(example.notebook, in: folder) else {
      Issue.record("nothing was said")
      return
    }
    let first = try #require(mistakes.diagnostics.first)
    #expect(mistakes.diagnostics.count == 1)
    #expect(first.code == example.code)
    #expect(first.span?.place == "n.md:\(example.place)")
    #expect(first.message.contains(example.message), "\(first.message)")
    if let help = example.help {
      #expect(first.help?.contains(help) == true, "\(first.help ?? "no help")")
    }
  }
}
