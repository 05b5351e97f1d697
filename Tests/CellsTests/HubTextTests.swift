import Diagnostics
import Foundation
import Hub
import NotebookLanguage
import SafeFiles
import Testing
import Tokenization

@testable import Cells

/// Texts by name. What is fetched of them from a Hub, `Tests/Hub` shows.
@Suite struct HubTextTests {
  private static let shared = URL(filePath: #filePath).appending(path: "../../../../shared/data")
    .standardized
  static let hasShared =
    ["wikitext-2/wiki.test.raw", "gpt2-tokenizer/vocab.bpe"].allSatisfy {
      FileManager.default.fileExists(atPath: shared.appending(path: $0).path)
    }

  private func joined(_ documents: [String?], _ join: DocumentJoin) throws -> String {
    var text = JoinedText(join)
    for document in documents {
      if let document {
        try Array(document.utf8).withUnsafeBytes { bytes throws in try text.append(bytes) }
      } else {
        try text.append(nil)
      }
    }
    return try text.text(named: "text")
  }

  @Test(
    "joins",
    arguments: [
      (DocumentJoin.blankLine, "a\n\n\n\n\n\nb\n"), (.line, "a\n\n\nb\n"), (.space, "a   b\n"),
      (.none, "ab\n"), (.llamaCpp, "a \n \nb\n"),
    ])
  func joins(_ join: DocumentJoin, _ expected: String) throws {
    #expect(try joined(["a", nil, "", "b\n"], join) == expected)
  }

  @Test("no text has more bytes than it may, also of nothing")
  func limits() throws {
    var text = JoinedText(.blankLine, limit: 10)
    try Array("12345678".utf8).withUnsafeBytes { bytes throws in try text.append(bytes) }
    try text.append(nil)
    #expect(throws: JoinedText.TooLarge.self) { try text.append(nil) }
    var long = JoinedText(.none, limit: 7)
    #expect(throws: JoinedText.TooLarge.self) {
      try Array("12345678".utf8).withUnsafeBytes { bytes throws in try long.append(bytes) }
    }
  }

  @Test(
    "WikiText-2's rows give the text of either recipe",
    .enabled(if: hasShared, "shared/data is absent"))
  func wikiText() throws {
    let file = Self.shared.appending(path: "wikitext-2/wiki.test.raw")
    let raw = try String(contentsOf: file, encoding: .utf8)
    // The data set has the lines with their ends, and the blank ones as nothing.
    let rows = raw.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
      $0 == " " ? "" : $0 + "\n"
    }
    #expect(rows.count == 4358)
    #expect(try joined(rows, .llamaCpp) == raw)
    let tokenizer = try Tokenizer(
      vocabulary: Self.shared.appending(path: "gpt2-tokenizer/encoder.json").path,
      merges: Self.shared.appending(path: "gpt2-tokenizer/vocab.bpe").path)
    #expect(try tokenizer.encode(joined(rows, .blankLine)).count == 287_644)
  }

  // MARK: - Files

  private func text(
    _ column: String = "text", limit: Int? = nil, _ join: DocumentJoin = .line
  ) -> HubText {
    HubText(
      repository: "owner/name", revision: "main", splits: [("test", [])], column: column,
      join: join, documentLimit: limit)
  }

  private func path(_ name: String) -> String {
    NotebookRun.fixtures.appendingPathComponent(name).path
  }

  @Test("Parquet files are read one after the other")
  func parquet() throws {
    let rows = try JSONDecoder().decode(
      [String?].self, from: Data(contentsOf: URL(filePath: path("parquet/rows.json"))))
    let paths = ["optional", "required"].map { path("parquet/snappy-v1-dictionary-\($0).parquet") }
    let expected = (rows + rows).map { $0 ?? "" }.joined(separator: "\n\n")
    #expect(try text().text(of: paths, join: .blankLine) == expected)
    #expect(
      try text(limit: 2).text(of: paths, join: .none) == rows.prefix(2).compactMap(\.self).joined())
    #expect(throws: FileError.self) { try text().text(of: paths, join: .none, limit: 1000) }
  }

  @Test("lines of JSON are read, compressed")
  func jsonLines() throws {
    let file = path("compressed/documents.json.gz")
    let documents = ["A first text.", "naïve — 漢字 🙂\nwith two lines", "", "the end"]
    #expect(try text().text(of: [file], join: .space) == documents.joined(separator: " "))
    #expect(
      try text(limit: 2).text(of: [file], join: .space) == documents[..<2].joined(separator: " "))
    let error = #expect(throws: DamagedText.self) {
      try text("txt").text(of: [file], join: .space)
    }
    #expect(error?.reason == "line 1 is no JSON object with a text 'txt'")
    #expect(throws: DamagedText.self) {
      try text().text(of: [file], join: .space, limit: 100)
    }
  }

  @Test("files that are no such files")
  func damaged() throws {
    #expect(throws: DamagedText.self) {
      try text("txt").text(of: [path("parquet/other-nulls.parquet")], join: .space)
    }
    #expect(throws: DamagedText.self) {
      try text().text(of: [path("parquet/rows.json")], join: .space)
    }
    #expect(throws: FileError.self) { try text().text(of: [path("none")], join: .space) }
  }

  // MARK: - In notebooks

  private func codes(_ keys: String) -> [DiagnosticCode] {
    NotebookRun.mistakes(in: "```{corpus}\n\(keys)\n```\n").map(\.code)
  }

  @Test("what is said of a text by name fits it")
  func checks() {
    for name in NamedText.all.map(\.name) {
      #expect(codes("text: \(name)").isEmpty)
    }
    #expect(codes("text: wikitext-2\nsplit: train\njoin: llama.cpp").isEmpty)
    #expect(codes("text: wikitext-2\nsplit: dev") == [.unknownValue])
    #expect(codes("text: c4-sample\nsplit: test") == [.unknownValue])
    #expect(codes("text: ptb\njoin: llama.cpp") == [.conflictingKeys])
    #expect(codes("text: ptb\njoin: comma") == [.unknownValue])
    #expect(codes("text: house-prose\njoin: line") == [.conflictingKeys])
  }

  @Test("a name mistyped")
  func mistyped() async throws {
    let folder = try NotebookRun.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let result = await NotebookRun.run("```{corpus}\ntext: wikitxt-2\n```\n", in: folder)
    guard case .failure(let list) = result else {
      Issue.record("it was found")
      return
    }
    #expect(list.diagnostics.map(\.code) == [.missingCorpus])
    #expect(list.diagnostics.first?.help?.contains("'wikitext-2'") == true)
  }

  @Test("the join is a part of the key, said or not; the name of a file is none")
  func keys() {
    func settled(_ name: String, _ join: DocumentJoin?) -> Set<Setting> {
      var cell = CorpusCell()
      cell.text = Spanned(name)
      cell.join = join.map { Spanned($0) }
      var settings = [Setting(path: "text", text: name)]
      if let join { settings.append(Setting(path: "join", text: join.rawValue)) }
      return Set(cell.settled(settings, in: KeyScope { _ in nil }))
    }
    let plain = settled("wikitext-2", nil)
    #expect(plain == settled("wikitext-2", .blankLine))
    #expect(plain.contains(Setting(path: "join", text: "blankLine")))
    #expect(plain != settled("wikitext-2", .llamaCpp))
    #expect(settled("a.txt", nil) == [Setting(path: "text", text: "file")])
  }

  @Test("each text's splits have files, and names that stay inside the cache")
  func table() {
    for text in NamedText.all.compactMap(\.hubText) {
      #expect(!text.splits.isEmpty)
      for file in text.splits.flatMap(\.files) {
        #expect(file.hasSuffix(".parquet") || file.hasSuffix(".json.gz"))
        #expect(!file.contains("..") && !file.hasPrefix("/"))
      }
    }
    let train = NamedText.named("wikitext-103")?.hubText?.names(of: "train").compactMap(\.file)
    #expect(
      train == ["0", "1"].map { "wikitext-103-raw-v1/train-0000\($0)-of-00002.parquet" })
  }
}
