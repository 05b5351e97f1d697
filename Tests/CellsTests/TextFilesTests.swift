import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import SafeFiles
import Testing

@testable import Cells

/// What `text:` of a corpus cell takes: a file, compressed or not, a folder, a pattern.
@Suite struct TextFilesTests {
  /// A folder with texts in it.
  private func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let texts = ["texts/b.txt": "Second.", "texts/a.txt": "First.", "texts/part/c.txt": "Third.\n"]
    for (name, text) in texts {
      let url = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    try "not read".write(
      to: folder.appendingPathComponent("texts/notes.md"), atomically: true, encoding: .utf8)
    for ending in ["gz", "xz", "zst"] {
      try FileManager.default.copyItem(
        at: NotebookRun.fixtures.appendingPathComponent("compressed/text.\(ending)"),
        to: folder.appendingPathComponent("text.txt.\(ending)"))
    }
    try await body(folder.path)
  }

  private func text(
    _ text: String, in folder: String, _ join: DocumentJoin = .blankLine, limit: Int = 1 << 20
  ) throws -> String {
    try TextFiles(text, in: folder).text(join: join, limit: limit)
  }

  @Test("compressed files hold the same text", arguments: ["gz", "xz", "zst"])
  func compressed(_ ending: String) async throws {
    let expected = try String(
      contentsOf: NotebookRun.fixtures.appendingPathComponent("compressed/text.txt"),
      encoding: .utf8)
    try await withFolder { folder in
      let found = try text("text.txt.\(ending)", in: folder)
      #expect(found == expected)
      #expect(throws: DamagedText.self) {
        try text("text.txt.\(ending)", in: folder, limit: expected.utf8.count - 1)
      }
    }
  }

  @Test("files whose names look the same are two, however they are named")
  func lookingTheSame() async throws {
    try await withFolder { folder in
      try AtomicWrite.write("One.", to: folder + "/caf\u{E9}.txt")
      try AtomicWrite.write("Two.", to: folder + "/cafe\u{301}.txt")
      for name in ["caf*.txt", "{cafe\u{301},caf\u{E9}}.txt"] {
        let found = try text(name, in: folder, .space)
        #expect(found == "Two. One.")
      }
    }
  }

  @Test("a folder is all texts below it, a pattern those that it fits, sorted and joined")
  func many() async throws {
    try await withFolder { folder in
      let found = try TextFiles("texts/", in: folder)
      let below = try ["texts", "texts/"].map { try text($0, in: folder) }
      let fitting = try text("texts/*.txt", in: folder, .space)
      let absolute = try text("\(folder)/texts/?.txt", in: "/", .none)
      #expect(found.names == ["texts/a.txt", "texts/b.txt", "texts/part/c.txt"])
      #expect(below == Array(repeating: "First.\n\nSecond.\n\nThird.\n", count: 2))
      #expect(fitting == "First. Second.")
      #expect(absolute == "First.Second.")
      #expect(throws: FileError.self) { try text("texts", in: folder, limit: 10) }
    }
  }

  @Test("a folder's compressed texts are texts too")
  func compressedBelow() async throws {
    try await withFolder { folder in
      let fixture = NotebookRun.fixtures.appendingPathComponent("compressed/text.gz").path
      try FileManager.default.copyItem(atPath: fixture, toPath: folder + "/texts/d.txt.gz")
      try FileManager.default.copyItem(atPath: fixture, toPath: folder + "/texts/e.gz")
      let names = try TextFiles("texts", in: folder).names
      #expect(
        names
          == ["a.txt", "b.txt", "d.txt.gz", "part/c.txt"].map { "texts/\($0)" })
    }
  }

  @Test("{a,b} stands for one file after another, each of which is there")
  func braces() async throws {
    try await withFolder { folder in
      let both = try text("texts/{b,part/c,b}.txt", in: folder, .line)
      #expect(both == "Second.\nThird.\n")
      #expect(try TextFiles("{texts/*,text}.txt{,.gz}", in: folder).names.count == 4)
      #expect(await mistakes("text: \"texts/{a,b}.txt\"\njoin: line", in: folder).isEmpty)
      let missing = await mistakes("text: \"texts/{a,x}.txt\"", in: folder)
      #expect(
        missing.map(\.message) == [
          "'texts/{a,x}.txt' names 'texts/x.txt', and no file is at that path"
        ])
    }
  }

  @Test("a file is what its name says, also with a star in it")
  func literal() async throws {
    try await withFolder { folder in
      try "starred".write(toFile: folder + "/texts/*.txt", atomically: true, encoding: .utf8)
      let found = try text("texts/*.txt", in: folder)
      #expect(found == "starred")
    }
  }

  @Test("a Parquet file is the documents of its column of texts, joined")
  func parquet() async throws {
    try await withFolder { folder in
      let fixtures = NotebookRun.fixtures.appendingPathComponent("parquet")
      let rows = try JSONDecoder().decode(
        [String?].self, from: Data(contentsOf: fixtures.appendingPathComponent("rows.json")))
      for name in ["other-large", "other-nested", "refused-binary"] {
        try FileManager.default.copyItem(
          atPath: fixtures.appendingPathComponent("\(name).parquet").path,
          toPath: "\(folder)/\(name).parquet")
      }
      let expected = rows.map { $0 ?? "" }
      // The column `text` beside one of numbers, and the only column of texts.
      let lines = try text("other-large.parquet", in: folder, .line)
      #expect(lines == expected.joined(separator: "\n"))
      let nested = try text("other-nested.parquet", in: folder)
      #expect(nested == expected.joined(separator: "\n\n"))
      let both = try text("other-*.parquet", in: folder, .none)
      #expect(both == (expected + expected).joined())
      let limit = expected.joined().utf8.count
      #expect(try text("other-large.parquet", in: folder, .none, limit: limit).utf8.count == limit)
      #expect(throws: FileError.self) {
        try text("other-large.parquet", in: folder, .none, limit: limit - 1)
      }
      #expect(await mistakes("text: other-large.parquet\njoin: space", in: folder).isEmpty)
      let refused = await mistakes("text: refused-binary.parquet", in: folder)
      #expect(refused.map(\.code) == [.invalidCorpus])
      #expect(refused.first?.message.contains("'number' (64-bit integers), 'text' (bytes") == true)
      #expect(refused.first?.help?.contains("'column'") == true)
      let named = await mistakes("text: other-nested.parquet\ncolumn: outer.text", in: folder)
      #expect(named.isEmpty)
      let unknown = await mistakes("text: other-large.parquet\ncolumn: number", in: folder)
      #expect(unknown.map(\.code) == [.invalidCorpus])
    }
  }

  // MARK: - In notebooks

  private func mistakes(_ keys: String, in folder: String) async -> [Diagnostic] {
    let result = await NotebookRun.run(
      "```{corpus}\n\(keys)\n```\n", in: URL(filePath: folder))
    guard case .failure(let list) = result else { return [] }
    return list.diagnostics
  }

  @Test("what is read, joined and named")
  func notebooks() async throws {
    try await withFolder { folder in
      #expect(await mistakes("text: texts\njoin: line", in: folder).isEmpty)
      #expect(await mistakes("text: texts/*.txt", in: folder).isEmpty)
      #expect(await mistakes("text: text.txt.zst", in: folder).isEmpty)
      let result = await NotebookRun.run(
        "```{corpus}\n#| label: text\ntext: texts\n```\n", in: URL(filePath: folder))
      let facts = try result.get().cells[0]?.variants.first?.stored?.provenance.first?.value
      #expect(facts?.hasPrefix("texts, 3 files joined by blank lines, ") == true, "\(facts ?? "")")
    }
  }

  @Test("mistakes")
  func bad() async throws {
    try await withFolder { folder in
      func codes(_ keys: String) async -> [DiagnosticCode] {
        await mistakes(keys, in: folder).map(\.code)
      }
      let single = NotebookRun.mistakes(
        in: "```{corpus}\ntext: text.txt\njoin: line\n```\n", in: URL(filePath: folder))
      #expect(single.map(\.code) == [.conflictingKeys])
      let column = NotebookRun.mistakes(
        in: "```{corpus}\ntext: texts\ncolumn: text\n```\n", in: URL(filePath: folder))
      #expect(column.map(\.code) == [.conflictingKeys])
      // A run looks at files later than a check, and says the same.
      #expect(await codes("text: text.txt\njoin: line") == [.conflictingKeys])
      #expect(await codes("text: texts\ncolumn: text") == [.conflictingKeys])
      #expect(await codes("text: texts\njoin: llama.cpp") == [.conflictingKeys])
      #expect(await codes("text: texts\nsplit: test") == [.conflictingKeys])
      #expect(await codes("text: texts/*.md.txt") == [.missingCorpus])
      try FileManager.default.createDirectory(
        atPath: folder + "/empty", withIntermediateDirectories: true)
      let empty = await mistakes("text: empty", in: folder)
      #expect(empty.map(\.code) == [.missingCorpus])
      #expect(empty.first?.message.contains("no .txt file") == true)
      let input = await mistakes("text: \"-\"", in: folder)
      #expect(input.map(\.code) == [.missingCorpus])
      #expect(input.first?.help?.contains("standard input") == true)
      let damaged = Data(try Data(contentsOf: URL(filePath: folder + "/text.txt.gz")).dropLast(9))
      try damaged.write(to: URL(filePath: folder + "/text.txt.gz"))
      let cut = await mistakes("text: text.txt.gz", in: folder)
      #expect(cut.map(\.code) == [.invalidCorpus])
      #expect(cut.first?.message.contains("gzip data that ends too early") == true)
    }
  }

  @Test("the key has the contents of all files, and the join where it is another than usual")
  func keys() async throws {
    func settled(_ join: DocumentJoin?) -> Set<Setting> {
      var cell = CorpusCell()
      cell.text = Spanned("texts")
      cell.join = join.map { Spanned($0) }
      let written = join.map { [Setting(path: "join", text: $0.rawValue)] } ?? []
      return Set(
        cell.settled(
          [Setting(path: "text", text: "texts")] + written, in: KeyScope { _ in nil }))
    }
    #expect(settled(nil) == settled(.blankLine))
    #expect(settled(nil) != settled(.line))
    try await withFolder { folder in
      var cell = CorpusCell()
      cell.text = Spanned("texts")
      let files = try cell.files(in: FileScope(folder: folder) { $0 })
      #expect(files.map(\.name) == ["texts/a.txt", "texts/b.txt", "texts/part/c.txt"])
      #expect(files.map(\.sha256) == files.map { "\(folder)/\($0.name)" })
    }
  }
}
