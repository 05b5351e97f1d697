import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import Testing

@testable import Cells

/// What evaluate cells make of the engine's figures.
@Suite struct EvaluationCellTests {
  private func scope(_ body: String, of subject: String = "q") async throws -> ExpressionScope {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let text =
      NotebookRun.head + NotebookRun.cell("quantize", "q", "of: base\nscheme: nf4")
      + NotebookRun.cell("evaluate", "r", "of: \(subject)\ncorpus: text\n\(body)")
    return try await NotebookRun.run(text, in: folder).get().scope
  }

  private func number(_ text: String, in scope: ExpressionScope) throws -> Number {
    let file = SourceFile(name: "n.md", text: text)
    let span = SourceSpan(file: file, range: 0..<text.utf8.count)
    return try #require(try ExpressionParser.parse(span).value(in: scope).asNumber)
  }

  @Test("a quotient of perplexities has the error of the paired ratio")
  func pairedQuotient() async throws {
    let scope = try await scope(
      "metrics: [perplexity]\nperplexity: {window: 16, stride: 8}")
    let computed = try number("r.q.perplexity.after / r.q.perplexity.before", in: scope)
    let measured = try number("r.q.perplexity.ratio", in: scope)
    let (one, other) = (try #require(computed.error), try #require(measured.error))
    #expect(abs(computed.value - measured.value) < 1e-9 * measured.value)
    #expect(abs(one - other) < 1e-9 * other)
    #expect(one < (try #require(try number("r.q.perplexity.after", in: scope).error)))
  }

  @Test("the guide's weights give another figure than counting every token once")
  func guide() async throws {
    let body = "metrics: [perplexity]\nperplexity: {window: 16, stride: 8, weighting: "
    let token = try number("r.q.perplexity.before", in: try await scope(body + "token}"))
    let guide = try number("r.q.perplexity.before", in: try await scope(body + "guide}"))
    #expect(token.value != guide.value)
    #expect(abs(token.value - guide.value) < 0.05 * token.value)
  }

  @Test("an infinite perplexity is a result, or a failure where the cell says so")
  func overflow() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func text(_ way: String) -> String {
      NotebookRun.head + """
        ```{quantize}
        #| label: q
        of: base
        scheme: int8
        codes: raw
        granularity: tensor
        only: ["*.weight"]
        ```

        ```{evaluate}
        #| label: r
        of: q
        corpus: text
        metrics: [perplexity]
        perplexity: {window: 16, overflow: \(way)}
        ```
        """
    }
    let scope = try await NotebookRun.run(text("report"), in: folder).get().scope
    let after = try number("r.q.perplexity.after", in: scope)
    #expect(!after.value.isFinite && after.cause != nil)
    guard case .failure(let list) = await NotebookRun.run(text("fail"), in: folder) else {
      Issue.record("did not fail")
      return
    }
    #expect(list.diagnostics.map(\.code) == [.nonFiniteResult])
    #expect(list.diagnostics.first?.span?.text == "q")
    #expect(list.diagnostics.first?.notes.map(\.message) == [after.cause ?? ""])
  }

  @Test("rolling figures belong together")
  func rolling() async throws {
    let scope = try await scope(
      "metrics: [perplexity]\nperplexity: {definition: rolling, window: 16}")
    let side = "r.q.perplexity.before"
    let bits = try number("\(side).bitsPerByte", in: scope).value
    let perByte = try number("\(side).bytePerplexity", in: scope).value
    let nats = try number("\(side).nll * \(side).tokens", in: scope).value
    let bytes = try number("text.bytes", in: scope).value
    #expect(abs(pow(2, bits) - perByte) < 1e-9 * perByte)
    #expect(abs(log(perByte) * bytes - nats) < 1e-9 * nats)
    #expect(try number("\(side).wordPerplexity", in: scope).value > perByte)
  }

  @Test("divergence has its statistics, and the losses' differences are kept if asked for")
  func divergence() async throws {
    let scope = try await scope(
      "metrics: [kl, perplexity]\nkl: {window: 16}\nperplexity: {definition: halfWindow, window: 16, differences: true}"
    )
    let mean = try number("r.q.kl.mean", in: scope)
    #expect(mean.value > 0 && (mean.error ?? 0) > 0)
    #expect(try number("r.q.kl.p99", in: scope).value >= number("r.q.kl.median", in: scope).value)
    let ratio = try number("r.q.kl.ratio", in: scope).value
    let paired = try number("r.q.perplexity.ratio", in: scope).value
    #expect(abs(ratio - paired) < 1e-5 * paired)
    guard case .list(let differences)? = scope.values["r"]?[path: "q.perplexity.differences"] else {
      Issue.record("no differences")
      return
    }
    #expect(
      Double(differences.count) == (try number("r.q.perplexity.after.tokens", in: scope).value))
  }

  @Test("growth has lists for charts and a record for each length")
  func growth() async throws {
    let scope = try await scope(
      "metrics: [growth]\ngrowth: {prompts: [1, 8, 32], contexts: [0, 127], repetitions: 6}")
    func list(_ path: String) throws -> [Number] {
      guard case .list(let values)? = scope.values["r"]?[path: "q.growth.\(path)"] else {
        throw Diagnostic(.unknownField, "no list at \(path)", at: nil)
      }
      return values.compactMap(\.asNumber)
    }
    #expect(try list("prefill.tokens").map(\.value) == [1, 8, 32])
    #expect(try list("decode.context").map(\.value) == [0, 127])
    for side in ["before", "after"] {
      let times = try list("prefill.\(side)")
      #expect(times.count == 3)
      #expect(times.allSatisfy { $0.value > 0 && $0.unit == .milliseconds && $0.error != nil })
      #expect(try list("prefill.perToken.\(side)")[1].value == times[1].value / 8)
      let one = try number("r.q.growth.prefill.at8.\(side)", in: scope)
      #expect(one == times[1])
      #expect(try list("prefill.at8.\(side).samples").count == 6)
      #expect(try list("decode.\(side)").count == 2)
    }
    let ratio = try number("r.q.growth.decode.at127.ratio", in: scope).value
    #expect(try list("decode.ratio")[1].value == ratio)
    guard case .text(let kernels)? = scope.values["r"]?[path: "q.growth.kernels"] else {
      Issue.record("no kernels")
      return
    }
    #expect(kernels == EngineFacts.current.kernels)
  }

  @Test("growth of the model itself is measured once, over lengths that its context holds")
  func growthOfBase() async throws {
    let scope = try await scope("metrics: [growth]\ngrowth: {repetitions: 1}", of: "base")
    let growth = scope.values["r"]?[path: "base.growth"]
    #expect(growth?[path: "prefill.before"] == growth?[path: "prefill.after"])
    #expect(growth?[path: "prefill.at128.ratio"]?.asNumber?.value == 1)
    #expect(growth?[path: "prefill.at256"] == nil)
    #expect(growth?[path: "decode.at64"] != nil)
    #expect(growth?[path: "decode.at128"] == nil)
  }

  @Test("every result says what it was measured on")
  func provenance() async throws {
    let scope = try await scope("metrics: [perplexity]\nperplexity: {window: 16}")
    let record = scope.values["r"]?[path: "q.provenance"]
    for field in ["modelSHA256", "textSHA256", "tokenizerSHA256"] {
      guard case .text(let hash)? = record?[path: field] else {
        Issue.record("no \(field)")
        continue
      }
      #expect(hash.count == 64)
    }
    let note = try number("r.q.perplexity.after", in: scope).note ?? ""
    #expect(note.contains("measured") && note.contains("text.txt"))
  }
}
