import ArgumentParser
import Foundation
import InputLimits
import Testing

@testable import quantbook

@Suite struct LimitOptionsTests {
  @Test("a name and a number, bytes with their units")
  func settings() throws {
    let size = try LimitSetting("corpus-bytes=4GiB")
    #expect(size.limit == .corpusBytes && size.value == 4 << 30)
    let count = try LimitSetting("includes=7")
    #expect(count.limit == .includes && count.value == 7)
  }

  @Test(
    "what is none is told, with what was meant",
    arguments: [
      ("corpus-byte=1", "there is no limit 'corpus-byte'; did you mean 'corpus-bytes'?"),
      ("zzzzzzzzz=1", "there is no limit 'zzzzzzzzz'; quantbook list limits shows them all"),
      ("includes", "the limit includes is given with a whole number, such as includes=100"),
      ("includes=4GiB", "such as includes=100, not 'includes=4GiB'"),
      ("includes=-1", "not 'includes=-1'"),
      ("yaml-depth=1000000", "the limit yaml-depth can be at most 256, not 1000000"),
      ("width=0", "the limit width can be no less than 1, not 0"),
      ("preview-connections=0", "the limit preview-connections can be no less than 1, not 0"),
      ("notebook-bytes=1TiB", "the limit notebook-bytes can be at most 512MiB, not 1TiB"),
    ])
  func mistakes(_ text: String, _ expected: String) {
    let error = #expect(throws: ValidationError.self) { try LimitSetting(text) }
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
  }

  @Test("the flag reaches what a command reads, and its message says how to go on")
  func command() throws {
    let folder = try TemporaryFolder()
    try folder.write("```{load}\nmodel: [[starter]]\n```\n", to: "n.md")
    let refused = try CommandRun.quantbook("check", "n.md", "--limit", "yaml-depth=2", in: folder)
    #expect(refused.status == 2)
    #expect(refused.errors.contains("n.md:2:10: error: this YAML nests more than 2 levels deep"))
    #expect(refused.errors.contains("help: --limit yaml-depth=4 allows more"), "\(refused.errors)")
    let read = try CommandRun.quantbook(
      "check", "n.md", "--limit", "yaml-depth=2", "--limit", "yaml-depth=3", in: folder)
    #expect(!read.errors.contains("levels deep"), "\(read.errors)")
    let unknown = try CommandRun.quantbook("check", "n.md", "--limit", "yamldepth=2", in: folder)
    #expect(unknown.status == 64)
    #expect(unknown.errors.contains("did you mean 'yaml-depth'?"), "\(unknown.errors)")
  }

  @Test("variables of the environment that mean nothing are told as other mistakes are")
  func environment() throws {
    let folder = try TemporaryFolder()
    try folder.write("Text.\n", to: "n.md")
    let run = try CommandRun.quantbook(
      "run", "n.md", "-q", "-o", "out", in: folder, environment: ["QUANTBOOK_CACHE_LIMIT": "-1"])
    #expect(run.status == 0)
    #expect(
      run.errors
        == "warning: QUANTBOOK_CACHE_LIMIT is a size such as 2GiB, not '-1': 8 GiB are kept\n")
    let threads = try CommandRun.quantbook(
      "run", "n.md", in: folder, environment: ["QUANTBOOK_THREADS": "abc"])
    #expect(threads.status == 64)
    #expect(threads.errors == "error: QUANTBOOK_THREADS is a number from 1 to 256, not 'abc'\n")
  }

  @Test(
    "a size of models that is set as low as it can be refuses models, and no lower is taken",
    arguments: ["vocabulary", "context-length", "width", "inner-width", "layers", "heads"])
  func lowest(_ name: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(
      #"{"vocab_size":30,"n_positions":16,"n_embd":8,"n_layer":2,"n_head":2,"n_inner":16}"#,
      to: "c.json")
    try folder.write("```{load}\n#| label: m\nmodel: random:c.json\n```\n", to: "n.md")
    for (value, status) in [(1, Int32(2)), (0, 64)] {
      let run = try CommandRun.quantbook(
        "check", "n.md", "--limit", "\(name)=\(value)", in: folder)
      #expect(run.status == status, "\(run.errors)")
    }
  }

  private static let notebook = """
    ![A](a.png) ![A](a.png)

    ```{published}
    #| label: paper
    source: A paper
    columns: [a, b]
    rows: {bits: [4, 8]}
    ```

    ```{plot}
    kind: bar
    from: paper
    y: bits
    ```

    ```{plot-table}
    from: paper
    columns: [a, b]
    rows: [{label: Bits, value: bits}]
    ```

    """

  @Test(
    "pictures, tables and charts",
    arguments: [
      ("picture-bytes=32", "picture-bytes=64"), ("pictures-bytes=65", "pictures-bytes=130"),
      ("picture-pixels=5", "picture-pixels=10"), ("plot-points=1", "plot-points=2"),
      ("table-cells=1", "table-cells=2"),
    ])
  func results(_ setting: String, _ cure: String) throws {
    let folder = try TemporaryFolder()
    try folder.write(Self.notebook, to: "n.md")
    // A PNG's signature and header, of 3 × 2 pixels.
    let png: [UInt8] = [
      0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0,
      3, 0, 0, 0, 2, 8, 2, 0, 0, 0, 0, 0, 0, 0,
    ]
    try Data(png).write(to: folder.url("a.png"))
    let run = try CommandRun.quantbook("run", "n.md", "-q", "--limit", setting, in: folder)
    #expect(run.status != 0)
    #expect(run.errors.contains("--limit \(cure) allows more"), "\(run.errors)")
    #expect(try CommandRun.quantbook("run", "n.md", "-q", in: folder).status == 0)
  }

  @Test("a text beyond the limit is told with its cure, plain, compressed and by standard input")
  func texts() throws {
    let folder = try TemporaryFolder()
    let cell = "```{corpus}\n#| label: a\ntext: \"{{ params.text }}\"\n```\n"
    try folder.write("---\nparams: {text: a.txt}\n---\n\n" + cell, to: "n.md")
    try folder.write(String(repeating: "a", count: 60), to: "a.txt")
    // The same sixty letters by gzip.
    let packed = try #require(Data(base64Encoded: "H4sIAAAAAAACA0tMJB8AACm9mB88AAAA"))
    try packed.write(to: folder.url("a.txt.gz"))
    for text in ["a.txt", "a.txt.gz", "-"] {
      let run = { (limit: String) in
        try CommandRun.quantbook(
          "run", "n.md", "-q", "--no-cache", "-P", "text=\(text)", "--limit",
          "corpus-bytes=\(limit)",
          in: folder, input: String(repeating: "a", count: 60))
      }
      let refused = try run("50")
      #expect(refused.status == 1, "\(refused.errors)")
      #expect(refused.errors.contains("--limit corpus-bytes=100 allows"), "\(refused.errors)")
      #expect(try run("60").status == 0)
    }
  }

  @Test("a model larger than memory is refused before it is made, with the figures")
  func memory() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "```{load}\n#| label: a\nmodel: random:distilgpt2\n```\n\n```{quantize}\nof: a\nscheme: nf4\n```\n",
      to: "n.md")
    func errors(_ limit: String) throws -> String {
      let run = try CommandRun.quantbook(
        "run", "n.md", "-q", "--no-cache", "--limit", "memory-bytes=\(limit)", in: folder)
      #expect(run.status == 5)
      return run.errors
    }
    let load = try errors("300MiB")
    #expect(
      load.contains(
        "n.md:3:8: error: random weights of 'distilgpt2' would take 312.47 MiB of memory, and 300.00 MiB are "
          + "available by --limit memory-bytes"), "\(load)")
    #expect(load.contains("--limit memory-bytes=1GiB goes on regardless"), "\(load)")
    let exported = try CommandRun.quantbook(
      "export", "random:distilgpt2", "-o", "out", "--limit", "memory-bytes=300MiB", in: folder)
    #expect(exported.status != 0 && exported.errors.contains("would take"), "\(exported.errors)")
    #expect(try !folder.names.contains("out"))
    let quantized = try CommandRun.quantbook(
      "generate", "starter", "a", "--scheme", "nf4", "--limit", "memory-bytes=1kB", in: folder)
    #expect(
      quantized.errors.contains("error: quantizing 'starter' to nf4 would take"),
      "\(quantized.errors)")
  }

  @Test("notebooks of a site")
  func site() throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(
      at: folder.url("notebooks"), withIntermediateDirectories: true)
    for name in ["a", "b"] {
      try folder.write("---\ntitle: \(name)\n---\n\nText.\n", to: "notebooks/\(name).md")
    }
    let run = try CommandRun.quantbook(
      "publish", "notebooks", "-o", "site", "--limit", "site-notebooks=1", in: folder)
    #expect(run.errors.contains("--limit site-notebooks=2 allows more"), "\(run.errors)")
    let all = try CommandRun.quantbook(
      "publish", "notebooks", "-o", "site", "--limit", "site-notebooks=2", in: folder)
    #expect(all.status == 0, "\(all.errors)")
  }

  @Test("every command that reads notebooks or models has it")
  func commands() throws {
    for command in [
      "run", "check", "preview", "publish", "params", "graph", "status", "verify", "diff",
      "download", "generate", "export",
    ] {
      let help = try CommandRun.quantbook(command, "--help").output
      #expect(help.contains("--limit <name=value>"), "\(command)")
    }
  }

  @Test("docs/limits.md has the limits that there are")
  func page() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/limits.md").standardizedFileURL.path
    let rows = Limit.allCases.map { limit in
      let isHighest =
        limit.unit == .levels || (limit.usual == limit.most && limit != .memoryBytes)
      let most = isHighest ? ", at most \(limit.most)" : ""
      return "| `\(limit.name)` | \(limit.usualText)\(most) | \(limit.summary) |"
    }
    let table = rows.joined(separator: "\n")
    var page = try String(contentsOfFile: path, encoding: .utf8)
    let written = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
    if ProcessInfo.processInfo.environment["UPDATE_CASES"] != nil, let first = written.first,
      let last = written.last
    {
      page.replaceSubrange(first.startIndex..<last.endIndex, with: table)
      try page.write(toFile: path, atomically: true, encoding: .utf8)
    } else {
      #expect(written.map(String.init) == rows, "UPDATE_CASES=1 writes it")
    }
  }
}
