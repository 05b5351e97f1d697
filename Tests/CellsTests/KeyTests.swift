import Cells
import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Quantization
import Synchronization
import Testing

/// What a value's key holds: contents and meaning, not names and spelling.
@Suite struct KeyTests {
  private let folder: URL

  init() throws { folder = try NotebookRun.folder() }

  private static let quantized =
    NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4")
    + NotebookRun.cell("quantize", "p", "of: base\nscheme: int8")

  private static func evaluate(_ body: String) -> String {
    NotebookRun.head + quantized + NotebookRun.cell("evaluate", "r", "corpus: text\n\(body)")
  }

  private static let plain = evaluate(
    """
    of: {a: q, b: p}
    metrics: [perplexity, memory, growth]
    perplexity: {window: 32}
    growth: {prompts: [4], contexts: [0], repetitions: 1}
    """)

  private func run(_ text: String) async throws -> RunResults {
    try await NotebookRun.run(text, in: folder, NotebookRun.keeping(in: folder)).get()
  }

  /// The labels of what was computed rather than kept.
  private func computed(_ text: String) async throws -> [String] {
    let cells = Mutex<[String]>([])
    _ = try await NotebookRun.run(text, in: folder, NotebookRun.keeping(in: folder)) { event in
      if case .finished(let cell, _, "computed") = event { cells.withLock { $0.append(cell) } }
    }.get()
    return cells.withLock { $0 }
  }

  private func text(_ path: String, of label: String, in results: RunResults) throws -> String {
    guard case .text(let text)? = results.scope.values[label]?[path: path] else {
      throw Diagnostic(.unknownField, "no text at \(path)", at: nil)
    }
    return text
  }

  @Test(
    "copies of a model and a text under other names compute nothing, and are called as they are")
  func copies() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try await run(Self.plain)
    #expect(try text("a.provenance.model", of: "r", in: first) == "model")
    #expect(try text("name", of: "text", in: first) == "text.txt")
    let manager = FileManager.default
    try manager.createDirectory(
      at: folder.appendingPathComponent("elsewhere"), withIntermediateDirectories: true)
    for (old, new) in [("model", "elsewhere/copy"), ("text.txt", "elsewhere/other.md")] {
      try manager.copyItem(
        at: folder.appendingPathComponent(old), to: folder.appendingPathComponent(new))
    }
    let copied = Self.plain.replacing("model: model", with: "model: elsewhere/copy")
      .replacing("text: text.txt", with: "text: elsewhere/other.md")
    #expect(try await computed(copied) == [])
    let second = try await run(copied)
    #expect(try text("name", of: "base", in: second) == "copy")
    #expect(try text("name", of: "text", in: second) == "other.md")
    #expect(try text("a.provenance.model", of: "r", in: second) == "copy")
    let note = second.scope.values["r"]?[path: "a.perplexity.after"]?.asNumber?.note ?? ""
    #expect(note.contains("on copy (") && note.contains("other.md ("))
    // Other contents are another text.
    try "Another text, which is long enough. ".write(
      to: folder.appendingPathComponent("elsewhere/other.md"), atomically: true, encoding: .utf8)
    let options = NotebookRun.keeping(in: folder)
    let status = try await Runner(
      NotebookRun.checked(copied), folder: folder.path, options: options
    ) { _ in }.status(against: nil)
    #expect(status.first { $0.cell == "text" }?.isCached == false)
  }

  @Test("parts that are put together anew have the names of this notebook")
  func copiedParts() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    _ = try await run(Self.plain)
    try FileManager.default.moveItem(
      at: folder.appendingPathComponent("model"), to: folder.appendingPathComponent("moved"))
    let moved = Self.plain.replacing("model: model", with: "model: moved")
      .replacing("[perplexity, memory, growth]", with: "[memory, perplexity]")
    let results = try await run(moved)
    let value = try #require(results.scope.values["r"])
    for path in ["a.perplexity.after", "b.memory.before"] {
      let note = value[path: path]?.asNumber?.note ?? ""
      #expect(note.contains("on moved ("), "\(note)")
    }
  }

  @Test(
    "a default that is written out changes nothing",
    arguments: [
      ("scheme: nf4", "scheme: nf4\nblockSize: 64"),
      ("scheme: nf4", "scheme: nf4\nblockSize: 6_4\ndoubleQuantization: false\ncodeRule: cpu"),
      ("scheme: nf4", "scheme: nf4\nrest: float16\ncompute: float32\nonly: []"),
      ("scheme: int8", "granularity: channel\nsymmetric: true\nscheme: 'int8'\ncodes: scaled"),
      ("tokenizer: base", "tokenizer: base\nlimit: 100%"),
      ("model: model", "dtype: float32\nmodel: model\nseed: 3"),
      ("{window: 32}", "{window: 32, stride: 16, weighting: token, differences: false}"),
      ("{window: 32}", "{definition: stride, window: 32.0}"),
      ("of: {a: q, b: p}", "of: {a: q, b: p}\nbaseline: base"),
      ("of: {a: q, b: p}", "of: [q, p]"),
      ("of: {a: q, b: p}", "of: {a: q, b: p}\nlatency: {repetitions: 7}\nkl: {window: 64}"),
      ("repetitions: 1}", "repetitions: 1}\nas: []"),
    ])
  func defaults(_ old: String, _ new: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let written = Self.plain.replacing(old, with: new)
    try #require(written != Self.plain)
    #expect(try await keys(written) == keys(Self.plain))
  }

  @Test(
    "another meaning has another key",
    arguments: [
      ("scheme: nf4", "scheme: nf4\nblockSize: 128"), ("scheme: nf4", "scheme: fp4"),
      ("scheme: nf4", "scheme: nf4\nrest: float32"), ("{window: 32}", "{window: 32, stride: 8}"),
      ("tokenizer: base", "tokenizer: base\nlimit: 50%"), ("a: q, b: p", "a: p, b: q"),
      ("metrics: [perplexity, ", "metrics: ["), ("prompts: [4]", "prompts: [5]"),
    ])
  func meanings(_ old: String, _ new: String) async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(try await keys(Self.plain.replacing(old, with: new)) != keys(Self.plain))
  }

  /// The hashes of all kept cells, after everything has been computed.
  private func keys(_ text: String) async throws -> [String] {
    let options = NotebookRun.keeping(in: folder)
    _ = try await NotebookRun.run(text, in: folder, options).get()
    return try await Runner(NotebookRun.checked(text), folder: folder.path, options: options) { _ in
    }.status(against: nil).map { $0.key?.hash ?? "none" }
  }

  @Test("what a scheme implies is what it does")
  func implied() throws {
    // Written out, the settings must be allowed, and the scheme the same.
    let full = [
      "int8":
        "codes: scaled\ngranularity: channel\nsymmetric: true\ncompute: float32\nrest: float32",
      "llmInt8": "outlierThreshold: 6.0\nrest: float16",
      "nf4":
        "blockSize: 64\ndoubleQuantization: false\ncodeRule: cpu\ncompute: float32\nrest: float16",
      "fp4":
        "blockSize: 64\ndoubleQuantization: false\ncodeRule: cpu\ncompute: float32\nrest: float16",
    ]
    #expect(Set(full.keys) == Set(AllSchemes.all.map { $0.name }))
    for (scheme, body) in full {
      let head = NotebookRun.head + "```{quantize}\nof: base\nscheme: \(scheme)\n"
      let plain = try NotebookRun.checked(head + "```\n")
      let written = try NotebookRun.checked(head + body + "\n```\n")
      #expect(settings(written) == settings(plain), "\(scheme)")
    }
  }

  private func settings(_ notebook: CheckedNotebook) -> Set<Setting>? {
    guard let cell = notebook.cells.last, let variant = cell.variants.first else { return nil }
    let settings = try? cell.settings(of: variant, in: ExpressionScope([:]))
    return settings.map { Set(variant.cell.settled($0, in: KeyScope { _ in nil })) }
  }

  @Test("renamed subjects are measured no more, and results have the new names")
  func renamedSubjects() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let first = try await run(Self.plain)
    let renamed = Self.plain.replacing("a: q, b: p", with: "first: q, second: p")
    #expect(try await computed(renamed) == [])
    let second = try await run(renamed)
    #expect(
      second.scope.values["r"]?[path: "second.perplexity.after"]
        == first.scope.values["r"]?[path: "b.perplexity.after"])
    #expect(second.scope.values["r"]?[path: "a"] == nil)
    // Committed results are fresh as well, and rendered under the new names.
    var frozen = RunOptions()
    frozen.frozen = try CommittedResults(
      json: ResultsFile(
        first, title: "", fileName: "n.md", sha256: "",
        environment: .init(engine: Record(), host: Record())
      ).json(), path: "n.results.json")
    let third = try await NotebookRun.run(renamed, in: folder, frozen).get()
    #expect(
      third.scope.values["r"]?[path: "first.memory.after"]?.asNumber?.value
        == first.scope.values["r"]?[path: "a.memory.after"]?.asNumber?.value)
  }

  @Test("a layer and a component are the pattern that they stand for")
  func places() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    func quantize(_ body: String) -> String {
      NotebookRun.head + NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4\n\(body)")
    }
    _ = try await run(quantize("only: [h.1.mlp.c_fc.weight]"))
    #expect(try await computed(quantize("layer: 1\ncomponent: mlp.c_fc")) == [])
    let swept = try await run(quantize("layer: [0, 1]\ncomponent: mlp.c_fc"))
    let value = try #require(swept.scope.values["q"])
    #expect(value[path: "1.coverage.quantized"]?.asNumber?.value == 1)
    #expect(value[path: "0.coverage.quantized"]?.asNumber?.value == 1)
  }
}
