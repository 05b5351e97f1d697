import Diagnostics
import Foundation
import NotebookLanguage
import SafeFiles
import Synchronization
import Testing
import ToyCells

@testable import NotebookRunner

/// A number made of one part.
private struct PiecesCell: Cell {
  static let name = "pieces"
  static let version = 1
  static let summary = "A number made of one part."
  static let isStored = true
  static var keys: [SchemaKey<Self>] { [] }

  func shape(in scope: CheckScope) -> Shape { .number }

  func run(in context: CellContext) async throws -> RestoredValue {
    RestoredValue(
      try await context.parts.part(["piece"], host: .none) { StoredResult(value: .number(1)) })
  }
}

/// Results that are kept between runs, and results that were committed.
@Suite struct KeptResultsTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("quantbook-\(UUID())").path

  private func options(keeping: Bool = true) -> RunOptions {
    var options = RunOptions()
    if keeping { options.cache = ResultCache(BlobStore(folder: folder + "/cache")) }
    return options
  }

  private func runner(
    _ text: String, _ options: RunOptions, settings: [ParameterSetting] = []
  ) throws -> Runner {
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let checked = try notebook.checked(cellTypes: ToyCells.types, settings: settings)
    return Runner(checked, folder: ".", options: options) { _ in }
  }

  private func states(
    _ text: String, _ options: RunOptions, settings: [ParameterSetting] = []
  ) async throws -> [String] {
    try await runner(text, options, settings: settings).run().cells.map { $0?.state.name ?? "none" }
  }

  private static let chain = """
    ---
    params: {factor: 2}
    ---
    ```{source}
    #| label: a
    number: 21
    ```
    ```{source}
    #| label: b
    number: 5
    ```
    ```{scale}
    #| label: answer
    of: a
    factor: {{ params.factor }}
    ```
    ```{scale}
    #| label: other
    of: b
    ```
    ```{plot-table}
    from: answer
    ```
    """

  @Test("a second run computes nothing; tables are laid out again")
  func secondRun() async throws {
    #expect(try await states(Self.chain, options()) == Array(repeating: "computed", count: 5))
    let again = try await runner(Self.chain, options()).run()
    #expect(
      again.cells.map { $0?.state.name } == ["cached", "cached", "cached", "cached", "computed"])
    #expect(again.cells[2]?.record?.asNumber?.value == 42)
  }

  @Test("a changed parameter computes what reads it, and nothing else")
  func changedParameter() async throws {
    _ = try await states(Self.chain, options())
    let changed = try await states(
      Self.chain, options(), settings: [ParameterSetting(name: "factor", text: "3")])
    #expect(changed == ["cached", "cached", "computed", "cached", "computed"])
    // The way back is kept as well.
    let back = try await states(Self.chain, options())
    #expect(back == ["cached", "cached", "cached", "cached", "computed"])
  }

  @Test("a changed ancestor computes its dependents anew; a renamed label and prose change nothing")
  func ancestors() async throws {
    _ = try await states(Self.chain, options())
    let changed = Self.chain.replacing("number: 5", with: "number: 6")
    #expect(
      try await states(changed, options())
        == ["cached", "computed", "cached", "computed", "computed"])
    let renamed =
      "Prose.\n"
      + Self.chain.replacing("label: b", with: "label: c")
      .replacing("of: b", with: "of: c")
    let body = renamed.replacing("---\nparams: {factor: 2}\n---\n", with: "")
      .replacing("{{ params.factor }}", with: "2")
    #expect(
      try await states(body, options()) == ["cached", "cached", "cached", "cached", "computed"])
  }

  @Test("cache: false, cache: refresh, --refresh and no cache folder compute")
  func policies() async throws {
    let plain = "```{source}\n#| label: a\nnumber: 1\n```"
    _ = try await states(plain, options())
    for policy in ["false", "refresh"] {
      let text = "```{source}\n#| label: a\n#| cache: \(policy)\nnumber: 1\n```"
      #expect(try await states(text, options()) == ["computed"])
    }
    var refreshing = options()
    refreshing.refresh = [CellAddress(cell: 0)]
    #expect(try await states(plain, refreshing) == ["computed"])
    #expect(try await states(plain, options(keeping: false)) == ["computed"])
    #expect(try await states(plain, options()) == ["cached"])
    let all = "---\nexecute: {cache: false}\n---\n" + plain
    #expect(try await states(all, options()) == ["computed"])
  }

  @Test("damaged entries are noticed, dropped and computed again")
  func damage() async throws {
    let plain = "```{source}\n#| label: a\nnumber: 1\n```"
    _ = try await states(plain, options())
    let store = BlobStore(folder: folder + "/cache")
    let entries = store.entries()
    #expect(!entries.isEmpty)
    let files = try #require(FileManager.default.enumerator(atPath: folder + "/cache"))
    for case let name as String in files {
      let path = folder + "/cache/" + name
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      guard !isFolder.boolValue, var data = FileManager.default.contents(atPath: path),
        !data.isEmpty
      else { continue }
      data[data.count - 1] ^= 1
      try data.write(to: URL(fileURLWithPath: path))
    }
    let dropped = Mutex<[String]>([])
    let notebook = try NotebookParser.parse(SourceFile(name: "n.md", text: plain))
      .checked(cellTypes: ToyCells.types)
    let runner = Runner(notebook, folder: ".", options: options()) { event in
      if case .droppedDamage(let subject) = event { dropped.withLock { $0.append(subject) } }
    }
    #expect(try await runner.run().cells.map { $0?.state.name } == ["computed"])
    #expect(try await runner.run().cells.map { $0?.state.name } == ["cached"])
    #expect(dropped.withLock { $0 } == ["the result of a"], "said once")
  }

  @Test("a part that was kept counts with the time that it took, for estimates")
  func partsSeconds() async throws {
    let parts = PartMemory(
      makeKey: { names, _ in names.joined() },
      read: { $0 == "kept" ? StoredResult(value: .number(1), seconds: 100) : nil },
      keep: { _, result in #expect(result.seconds >= 100) })
    let whole = try await parts.part(["whole"], host: .none) {
      try await parts.part(["kept"], host: .none) { StoredResult(value: .number(2)) }
    }
    #expect(whole.value.asNumber?.value == 1)
    #expect(parts.savedSeconds == 100)
    // The same through a run whose result is put together from a part.
    let cache = ResultCache(BlobStore(folder: folder + "/cache"))
    cache.keep(
      StoredResult(value: .number(7), seconds: 100), for: ValueKey.hash([["piece"], [""]]))
    let notebook = try NotebookParser.parse(
      SourceFile(name: "n.md", text: "```{pieces}\n#| label: a\n```\n")
    ).checked(cellTypes: [PiecesCell.self])
    let results = try await Runner(notebook, folder: ".", options: options()) { _ in }.run()
    #expect(results.cells[0]?.record?.asNumber?.value == 7)
    #expect((results.cells[0]?.seconds ?? 0) >= 100)
  }

  // MARK: - Committed results

  private func commit(_ text: String) async throws -> CommittedResults {
    let results = try await runner(text, options(keeping: false)).run()
    let json = ResultsFile(
      results, title: "", fileName: "n.md", sha256: "",
      environment: .init(engine: Record(), host: Record())
    ).json()
    try AtomicWrite.makeDirectory(folder)
    try AtomicWrite.write(json, to: folder + "/n.results.json")
    return try CommittedResults(path: folder + "/n.results.json")
  }

  @Test("frozen results are rendered without computing, stale ones are refused with the reason")
  func frozen() async throws {
    var frozen = options(keeping: false)
    frozen.frozen = try await commit(Self.chain)
    let results = try await runner(Self.chain, frozen).run()
    #expect(
      results.cells.map { $0?.state.name } == ["frozen", "frozen", "frozen", "frozen", "computed"])
    #expect(results.cells[2]?.record?[path: "double"]?.asNumber?.value == 84)
    let changed = try runner(
      Self.chain, frozen, settings: [ParameterSetting(name: "factor", text: "3")])
    let error = await #expect(throws: StaleResults.self) { try await changed.run() }
    #expect(error?.cells.map(\.cell) == ["answer"])
    #expect(
      error?.cells.first?.reasons == [
        "the parameter 'factor' changed from 2 to 3", "'factor' changed from 2 to 3",
      ])
  }

  @Test("status names what is stale and because what, through all that depends on it")
  func status() async throws {
    let committed = try await commit(Self.chain)
    let fresh = try await runner(Self.chain, options()).status(against: committed)
    #expect(fresh.map(\.isFresh) == [true, true, true, true])
    let text = Self.chain.replacing("number: 21", with: "number: 22")
    let stale = try await runner(text, options()).status(against: committed)
    #expect(stale.map(\.cell) == ["a", "b", "answer", "other"])
    #expect(
      stale.map(\.reasons) == [
        ["'number' changed from 21 to 22"], [], ["'a' changed"], [],
      ])
    let none = try await runner(Self.chain, options()).status(against: nil)
    #expect(none.allSatisfy { !$0.isFresh })
  }

  @Test("a value that was edited by hand is stale, and named")
  func edited() async throws {
    let sweep = "```{grid}\n#| label: g\nsize: [64, 16]\n```\n"
    let text = Self.chain + "\n" + sweep
    _ = try await commit(text)
    let path = folder + "/n.results.json"
    let written = try String(contentsOfFile: path, encoding: .utf8)
    // Layout is nothing.
    let compact = try CommittedResults(json: written.replacing("\n  ", with: "\n"), path: "c")
    #expect(compact.editedValues == [])
    let edited = written.replacing("\"double\": 84", with: "\"double\": 85")
      .replacing("\"double\": 32", with: "\"double\": 33")
    try #require(edited != written)
    let committed = try CommittedResults(json: edited, path: "e.json")
    #expect(committed.editedValues == ["answer", "g[16]"])
    let stale = try await runner(text, options()).status(against: committed)
      .filter { !$0.isFresh }
    #expect(stale.map(\.cell) == ["answer", "g/16"])
    #expect(stale.map(\.reasons) == [["its value was edited"], ["its value was edited"]])
    var frozen = options(keeping: false)
    frozen.frozen = committed
    let error = await #expect(throws: StaleResults.self) { try await runner(text, frozen).run() }
    #expect(error?.diagnostics.first?.message.hasSuffix("because its value was edited") == true)
    let difference = ResultsDifference(from: compact, to: committed)
    #expect(
      difference.edited.map { "\($0.file) \($0.value)" } == ["e.json answer", "e.json g[16]"])
    // So is one whose hash was taken away.
    let unsealed = written.replacing(#/"sealed": "[0-9a-f]+"/#, with: "\"sealed\": \"\"")
    #expect(try CommittedResults(json: unsealed, path: "u").editedValues.contains("a"))
  }

  @Test(
    "what is no results file, and one of a later schema, are refused",
    arguments: [
      "", "{", "[]", "{}", "{\"schema\": 1}", "{\"schema\": \"quantbook-results/999\"}",
      "{\"schema\": \"other/1\"}",
    ])
  func refused(_ json: String) throws {
    try AtomicWrite.makeDirectory(folder)
    try AtomicWrite.write(json, to: folder + "/bad.json")
    let error = #expect(throws: Diagnostic.self) {
      try CommittedResults(path: folder + "/bad.json")
    }
    #expect(error?.code == .invalidResults)
  }

  // MARK: - Limits of a run

  @Test("a cell that takes too long fails, and says how to give it more time")
  func timeout() async throws {
    let text = "```{slow}\n#| label: s\n#| timeout: 20ms\n```\n```{source}\nnumber: 1\n```"
    let results = try await runner(text, options()).run()
    #expect(results.failures.map(\.code) == [.timedOut])
    #expect(results.cells[1]?.state.name == "skipped")
  }

  @Test("keep going runs what does not depend on the failed cell")
  func keepGoing() async throws {
    var options = options()
    options.keepGoing = true
    let text = """
      ```{fail}
      #| label: f
      ```
      ```{source}
      #| label: a
      number: 1
      ```
      ```{plot-table}
      from: f
      ```
      """
    #expect(try await states(text, options) == ["failed", "computed", "skipped"])
  }
}
