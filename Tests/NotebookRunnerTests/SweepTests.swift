import Diagnostics
import Foundation
import NotebookLanguage
import SafeFiles
import Synchronization
import Testing
import ToyCells

@testable import NotebookRunner

/// Cells that range over values: each combination is computed, kept and addressed by itself.
@Suite struct SweepTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("quantbook-\(UUID())").path

  private var cached: RunOptions {
    var options = RunOptions()
    options.cache = ResultCache(BlobStore(folder: folder + "/cache"))
    return options
  }

  /// The results, and what was computed rather than kept.
  private func run(
    _ text: String, _ options: RunOptions = RunOptions()
  ) async throws -> (results: RunResults, computed: [String]) {
    let computed = Mutex<[String]>([])
    let notebook = NotebookParser.parse(SourceFile(name: "n.md", text: text))
    let checked = try notebook.checked(cellTypes: ToyCells.types)
    let results = try await Runner(checked, folder: ".", options: options) { event in
      if case .progress(_, let progress) = event {
        computed.withLock { $0.append(progress.activity) }
      }
    }.run()
    return (results, computed.withLock { $0 })
  }

  private func value(_ text: String, _ results: RunResults) throws -> Value {
    let span = SourceSpan(
      file: SourceFile(name: "e", text: text), range: 0..<text.utf8.count)
    return try ExpressionParser.parse(span).value(in: results.scope)
  }

  private static let grid = """
    ```{grid}
    #| label: grid
    mode: [fast, exact]
    size: [64, 16]
    steps: {stride: 2}
    as: [other]
    ```

    """

  @Test("results stand below their values, in the order written, the first key outermost")
  func order() async throws {
    let results = try await run(Self.grid).results
    guard case .record(let outer)? = results.cells[0]?.record,
      case .record(let inner)? = outer["fast"]
    else {
      Issue.record("no records")
      return
    }
    #expect(outer.axis == "mode")
    #expect(outer.names == ["fast", "exact"])
    #expect(inner.axis == "size")
    #expect(inner.names == ["64", "16"])
    #expect(try value("grid[exact, 16].value", results).asNumber?.value == 32)
    #expect(try value("grid.fast[64]", results).asNumber?.value == 128.5)
    #expect(try value("other[fast, 64.0].double", results).asNumber?.value == 257)
  }

  @Test("another value computes its combinations and no others")
  func anotherValue() async throws {
    #expect(try await run(Self.grid, cached).computed.count == 4)
    #expect(try await run(Self.grid, cached).computed == [])
    let more = Self.grid.replacing("[64, 16]", with: "[16, 64, 32]")
    let (results, computed) = try await run(more, cached)
    #expect(computed == ["grid 32", "grid 32"])
    #expect(try value("grid[exact, 64].value", results).asNumber?.value == 128)
    let single = Self.grid.replacing("[64, 16]", with: "16").replacing(
      "[fast, exact]", with: "fast")
    #expect(try await run(single, cached).computed == [])
  }

  private func checked(_ text: String) throws -> CheckedNotebook {
    try NotebookParser.parse(SourceFile(name: "n.md", text: text))
      .checked(cellTypes: ToyCells.types)
  }

  @Test(
    "a value of a sweep is refreshed alone, however its address is written",
    arguments: [
      ("grid[fast, 16]", ["grid 16"]), ("grid.fast[16.0]", ["grid 16"]),
      ("grid/fast/16", ["grid 16"]), ("other.exact", ["grid 64", "grid 16"]),
      ("grid", ["grid 64", "grid 16", "grid 64", "grid 16"]),
    ])
  func refresh(_ address: String, _ expected: [String]) async throws {
    _ = try await run(Self.grid, cached)
    var options = cached
    options.refresh = [try checked(Self.grid).address(address)]
    #expect(try await run(Self.grid, options).computed == expected)
  }

  @Test(
    "an address that there is not is named, with the nearest",
    arguments: [
      ("gird", "no cell is labelled 'gird'", "did you mean 'grid'? known: grid, a-b"),
      ("grid.fats", "unknown value of 'mode' 'fats'", "did you mean 'fast'? known: fast, exact"),
      ("grid[fast, 61]", "unknown value of 'size' '61'", "known: 64, 16"),
      (
        "grid[fast, 16, 2]", "'grid' ranges over mode, size alone: it has no value '2' below them",
        "name 'grid' to mean all of it"
      ),
      ("a_b.1", "'a_b' is no sweep: it has no value '1'", "name 'a_b' to mean all of it"),
      ("", "no cell is labelled ''", "known: grid, a-b"),
    ])
  func unknownAddress(_ address: String, _ message: String, _ help: String) throws {
    let notebook = try checked(Self.grid + "```{source}\n#| label: a-b\nnumber: 1\n```\n")
    let error = #expect(throws: Diagnostic.self) { try notebook.address(address) }
    #expect(error?.message == message)
    #expect(error?.help?.hasSuffix(help) == true, "\(error?.help ?? "")")
  }

  @Test("a sweep of one value is a sweep")
  func single() async throws {
    let results = try await run("```{grid}\n#| label: g\nsize: [7]\n```\n").results
    guard case .record(let record)? = results.cells[0]?.record else {
      Issue.record("no record")
      return
    }
    #expect(record.axis == "size")
    #expect(try value("g[7].value", results).asNumber?.value == 7)
  }

  @Test("a parameter in a list is a value")
  func parameter() async throws {
    let text = """
      ---
      params: {small: 8}
      ---

      ```{grid}
      #| label: g
      size: [{{ params.small }}, {{ 2 * params.small }}]
      ```

      """
    let results = try await run(text).results
    #expect(try value("g[8].value + g[16].value", results).asNumber?.value == 24)
  }

  @Test("results written to a file give the same sweep back, without computing")
  func frozen() async throws {
    let first = try await run(Self.grid).results
    let path = folder + ".results.json"
    let text = ResultsFile(
      first, title: "T", fileName: "n.md", sha256: "00",
      environment: .init(engine: Record(), host: Record())
    ).json()
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    var options = RunOptions()
    options.frozen = try CommittedResults(path: path)
    let (again, computed) = try await run(Self.grid, options)
    #expect(computed == [])
    #expect(again.cells[0]?.state.name == "frozen")
    #expect(again.cells[0]?.record == first.cells[0]?.record)
    await #expect(throws: StaleResults.self) {
      try await run(Self.grid.replacing("[64, 16]", with: "[64, 16, 8]"), options)
    }
  }
}
