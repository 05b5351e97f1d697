import Cells
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

/// What `check` is told of values is what a run gives: it would else pass what fails, or refuse what runs.
@Suite struct ShapeTests {
  /// What differs between a value and its shape: a field of one that the other has not, or of another kind
  /// or unit.
  private func differences(_ shape: Shape, _ value: Value, at path: String) -> [String] {
    switch (shape, Shape(of: value)) {
    case (.open, _): return []
    case (.leaf(let declared), .leaf(let found)):
      // An error may be lacking where there are few samples, but not come where none is declared.
      return declared == nil || declared == found || isEstimate(declared, of: found)
        ? [] : ["\(path) is \(String(describing: found)), not \(String(describing: declared))"]
    case (.record(let fields, let principal, _), .record(let found, let foundPrincipal, _)):
      guard principal == foundPrincipal else { return ["\(path) stands for another field"] }
      let names = found.map(\.name)
      return Set(fields.map(\.name)).symmetricDifference(names).subtracting(["cause"]).sorted()
        .map { "\(path).\($0) is in one alone" }
        + fields.flatMap { field in
          value[path: field.name].map {
            differences(field.shape, $0, at: "\(path).\(field.name)")
          } ?? []
        }
    default: return ["\(path) is a record in one alone"]
    }
  }

  private func isEstimate(_ declared: Shape.Leaf?, of found: Shape.Leaf?) -> Bool {
    if case .estimate(let unit)? = declared { found == .number(unit) } else { false }
  }

  @Test(
    "a value has the fields that its shape says, of their kinds and units",
    arguments: [
      "metrics: [perplexity, kl]\nperplexity: {window: 16, differences: true}\nkl: {window: 16}",
      "metrics: [perplexity]\nperplexity: {window: 16, definition: halfWindow}",
      "metrics: [perplexity, memory]\nperplexity: {window: 16, definition: rolling}",
      "metrics: [latency]\nlatency: {prompt: 4, generate: 2, repetitions: 2, warmup: 0}",
      "metrics: [latency]\nlatency: {prompt: 4, repetitions: 2, warmup: 0, interleave: false}",
      "metrics: [growth]\ngrowth: {prompts: [1, 8], contexts: [0, 64], repetitions: 1}",
    ])
  func shapes(_ body: String) async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text =
      NotebookRun.cell("load", "base", "model: model")
      + NotebookRun.cell("corpus", "text", "text: text.txt\ntokenizer: base\nlimit: 200")
      + NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4")
      + NotebookRun.cell("evaluate", "r", "of: q\ncorpus: text\n\(body)") + """
        ```{published}
        #| label: paper
        source: A paper
        columns: [q]
        rows:
          memory.after: {unit: MiB, values: [1]}
          perplexity: [2]
        ```

        ```{plot-table}
        #| label: tbl-a
        from: r
        columns: {q: Q}
        rows:
          - {label: Bits, value: bitsPerWeight}
          - {label: Model, value: provenance.model}
        ```

        ```{expect}
        #| label: claims
        - base.layers > 0
        ```
        """
    let results = try await NotebookRun.run(text, in: folder).get()
    for (cell, result) in zip(results.checked.cells, results.cells) {
      let record = try #require(result?.record)
      #expect(differences(cell.ownShape, record, at: cell.source.label ?? "") == [])
    }
  }
}
