public import Diagnostics
import Foundation
import Hub
public import NotebookLanguage
import Paths
import SafeFiles
import Tokenization

/// ` ```{corpus} `: a text to measure perplexity on.
///
/// Tokens depend on a model's vocabulary; the count that expressions see is that of the model named
/// by `tokenizer:`, or of the one model that the notebook loads from files.
public struct CorpusCell: Cell {
  public static let name = "corpus"
  public static let version = 1
  public static let summary = "Reads a text to measure perplexity on."
  public static let isStored = true
  public static let example = """
    #| label: text
    text: house-prose
    limit: 10%
    """

  public static var keys: [SchemaKey<Self>] {
    [
      .required(
        "text", \.text,
        help:
          "A name of 'quantbook list texts' such as house-prose or wikitext-2; a file of UTF-8 text (also "
          + ".gz, .xz, .zst) or a .parquet file, a folder for the .txt files below it (compressed ones too), a "
          + "pattern such as texts/*.txt or {a,b}.txt; with -P text=- standard input."
      ),
      .optional(
        "split", \.split,
        help: "Part of a named text: test, validation or train; its first unless given."),
      .optional(
        "column", \.column,
        help: "The column of a .parquet file that holds the texts; text, or the only one of texts."),
      .optional(
        "join", \.join,
        help:
          "How several files, or the documents of a text from the Hub, are joined; by blank lines, or as "
          + "is usual for the text."),
      .optional(
        "tokenizer", \.tokenizer, help: "Label of the model whose tokens are counted."),
      .optional(
        "limit", \.limit, help: "How much to read: a number of tokens, or a share such as 50%."),
    ]
  }

  var text = Spanned("")
  var tokenizer = Label<LoadedModel>()
  var limit: Spanned<CorpusLimit>?
  /// nil: the named text's first, or all of a file.
  var split: Spanned<String>?
  /// nil: of a .parquet file `text`, or the only one of texts.
  var column: Spanned<String>?
  /// nil: as is usual for the named text, by blank lines for files.
  var join: Spanned<DocumentJoin>?

  private var hubText: HubText? { NamedText.named(text.value)?.hubText }

  public init() {}

  public func check(in scope: CheckScope) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let limit, case .tokens = limit.value, tokenizer.text.isEmpty {
      diagnostics.append(
        Diagnostic(
          .missingKey, "a limit in tokens needs the key 'tokenizer'", at: limit.span,
          help: "name the model whose tokens are meant, or write a share such as 50%"))
    }
    if let split, scope.knows("text"), let problem = problem(with: split) {
      diagnostics.append(problem)
    }
    if scope.knows("text") { diagnostics += problemsOfFiles(in: scope.folder) }
    if let model = scope.models(of: tokenizer).first, let missing = model.missingTokenizer {
      diagnostics.append(missing.problem(of: model.name, at: tokenizer.span))
    }
    return diagnostics
  }

  /// Settings without an effect on the files that the text stands for.
  ///
  /// - Parameter folder: where the notebook's paths start; nil where files are not to be looked at.
  private func problemsOfFiles(in folder: String?) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if let join, let problem = problem(with: join, in: folder) { diagnostics.append(problem) }
    if let column, hasNoColumns(in: folder) {
      diagnostics.append(
        Diagnostic(
          .conflictingKeys, "'\(text.value)' is no .parquet file, which alone has columns",
          at: column.span, help: "leave 'column' out"))
    }
    return diagnostics
  }

  private func problem(with split: Spanned<String>) -> Diagnostic? {
    guard let named = NamedText.named(text.value) else {
      // What is a name misspelt has a message of its own, unless there is such a file.
      guard nearestNames(to: text.value, among: NamedText.all.map(\.name)).isEmpty else {
        return nil
      }
      return Diagnostic(
        .conflictingKeys, "splits belong to named texts, and '\(text.value)' is a path",
        at: split.span, help: "named texts: " + NamedText.all.map(\.name).joined(separator: ", "))
    }
    guard !named.splits.contains(split.value) else { return nil }
    return Diagnostic(
      .unknownValue, "'\(named.name)' has no split '\(split.value)'", at: split.span,
      help: Diagnostic.suggestion(for: split.value, among: named.splits))
  }

  /// - Parameter folder: where the notebook's paths start; nil where files are not to be looked at.
  private func problem(with join: Spanned<DocumentJoin>, in folder: String?) -> Diagnostic? {
    if join.value == .llamaCpp, hubText == nil {
      return Diagnostic(
        .conflictingKeys,
        "llama.cpp reads a plain file as it is, but for a line end at its end: it joins nothing of "
          + "'\(text.value)'", at: join.span,
        help:
          "leave 'join' out, or choose blankLine, line, space or none for several files; llama.cpp is for "
          + "wikitext-2 and wikitext-103, whose documents were the lines of one file")
    }
    if join.value == .llamaCpp, hubText?.isOfLines != true {
      return Diagnostic(
        .conflictingKeys,
        "'\(text.value)' was never one file of lines, as llama.cpp reads WikiText",
        at: join.span, help: "usual for it: \((hubText?.join ?? .blankLine).rawValue)")
    }
    guard hubText == nil, isOneFile(in: folder) else { return nil }
    return Diagnostic(
      .conflictingKeys, "'\(text.value)' is one text: there is nothing to join", at: join.span,
      help:
        "joined are the files of a folder or a pattern, and the documents of Parquet files and of "
        + "texts from the Hub"
    )
  }

  /// Whether it is known to be one file, and not a name mistyped.
  private func isOneFile(in folder: String?) -> Bool {
    if NamedText.named(text.value) != nil { return true }
    guard let folder, let files = try? TextFiles(text.value, in: folder) else { return false }
    return !files.areJoined && FileManager.default.fileExists(atPath: files.path(of: text.value))
  }

  /// Whether nothing that is read is a Parquet file of the user's.
  ///
  /// - Parameter folder: where the notebook's paths start; nil where files are not to be looked at.
  private func hasNoColumns(in folder: String?) -> Bool {
    if NamedText.named(text.value) != nil { return true }
    guard let folder, let files = try? TextFiles(text.value, in: folder) else { return false }
    return !files.names.contains(where: TextFiles.hasDocuments)
  }

  public func shape(in scope: CheckScope) -> Shape {
    let fields: [Shape.Field] = [
      .init("name", .text), .init("bytes", .number), .init("words", .number),
      .init("sha256", .text),
    ]
    return .record(fields + (tokenizer.text.isEmpty ? [] : [.init("tokens", .number)]))
  }

  public static let fileKeys = ["text", "split"]

  public func fetch(in context: FetchContext) async throws {
    _ = try await hubText?.fetch(
      split?.value, of: text.value, isOffline: context.isOffline, at: text.span,
      split: split?.span, progress: context.progress)
  }

  public func files(in scope: FileScope) throws -> [ReadFile] {
    do {
      if let hubText {
        return try snapshots(of: hubText).map {
          ReadFile(
            name: "\($0.fixedName)/\($0.name.file ?? "")",
            sha256: try scope.sha256(ofFile: $0.path))
        }
      }
      let files = try textFiles(in: scope.folder)
      return try files.names.map {
        // What ships is called by its name.
        let name = NamedText.named(text.value) == nil ? $0 : text.value
        return ReadFile(
          name: files.isStandardInput ? Self.standardInput : name,
          sha256: try scope.sha256(ofFile: files.path(of: $0)))
      }
    } catch let error as FileError {
      throw diagnostic(for: error, folder: scope.folder)
    }
  }

  /// - Throws: `Diagnostic` where the cache has not all of it.
  private func snapshots(of hubText: HubText) throws(Diagnostic) -> [HubSnapshot] {
    guard let found = hubText.cached(split?.value) else {
      throw hubText.notCached(split?.value, of: text.value, at: text.span)
    }
    return found
  }

  /// The file's contents count, not its name; the whole text is the default. Of a text from the Hub, its
  /// name says which column and how many documents are read.
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    let joins = hubText.map {
      [Setting(path: "join", text: (join?.value ?? $0.join).rawValue)]
    }
    return (joins ?? [])
      + settings.compactMap { setting in
        var setting = setting
        switch setting.path {
        case "text": setting.text = hubText == nil ? "file" : text.value
        case "join":
          // Of the Hub's it stands there already; of one file or many, blank lines are the default.
          guard hubText == nil, let join, join.value != .blankLine else { return nil }
        // Another split is another file, whose contents count.
        case "split": return nil
        case "limit":
          guard let text = limit?.value.canonicalText else { return nil }
          setting.text = text
        default: break
        }
        return setting
      }
  }

  public func role(ofFile name: String) -> String {
    // Of several files, which is which.
    hubText == nil ? "" : URL(fileURLWithPath: name).lastPathComponent
  }

  public func contentNames(
    of result: StoredResult, files: [ReadFile]
  ) -> [(name: String, sha256: String)] {
    guard case .text(let sha256)? = result.value[path: "sha256"] else { return [] }
    let name = text.value == StandardInput.name ? Self.standardInput : Self.shownName(text.value)
    return [(name, sha256), (origin(files), Corpus.origin(of: sha256))]
  }

  /// What reports call standard input.
  private static let standardInput = "standard input"

  /// A path's last part; of a pattern all from the folder on that it starts in.
  private static func shownName(_ path: String) -> String {
    let parts = path.pathNames
    let pattern = parts.firstIndex { FileListing.isPattern(String($0)) || $0.contains("{") }
    let start = pattern.map { max($0 - 1, 0) } ?? (parts.count - 1)
    return parts.dropFirst(start).joined(separator: "/")
  }

  /// Where a text from the Hub is from, and what was made of it or of several files; empty for others.
  private func origin(_ files: [ReadFile]) -> String {
    guard let hubText else {
      let areJoined = files.count > 1 || files.contains { TextFiles.hasDocuments($0.name) }
      let count = files.count == 1 ? "documents" : "\(files.count) files"
      return areJoined
        ? ", \(count) \((join?.value ?? .blankLine).fact)" : ""
    }
    let split = split?.value ?? hubText.splits.first?.name ?? ""
    let documents = hubText.documentLimit.map { "the first \($0) documents of " } ?? ""
    // The files are called by the repository and its commit.
    let commit = files.first?.name.split(separator: "@").dropFirst().first?.prefix(40)
    return ", \(documents)the \(split) split of \(hubText.repository) from the Hub"
      + (commit.map { " at commit \($0)" } ?? "") + ", \((join?.value ?? hubText.join).fact)"
  }

  /// - Parameter folder: where the notebook's paths start.
  private func textFiles(in folder: String) throws(FileError) -> TextFiles {
    guard case .file(let url)? = NamedText.named(text.value)?.source else {
      return try TextFiles(text.value, in: folder)
    }
    return try TextFiles(url.lastPathComponent, in: url.deletingLastPathComponent().path)
  }

  public func run(in context: CellContext) async throws -> Corpus {
    var contents = try read(in: context)
    if let problem = problemsOfFiles(in: context.folder).first { throw problem }
    guard !contents.isEmpty else {
      let isInput = StandardInput.isMeant(by: text.value)
      throw Diagnostic(
        .invalidCorpus, "\(isInput ? Self.standardInput : "'\(text.value)'") holds no text",
        at: text.span)
    }
    var encoder: Tokenizer?
    if !tokenizer.text.isEmpty {
      let model = try await context.value(of: tokenizer).model
      encoder = try EvaluateCell.tokenizer(of: model, at: tokenizer.span)
    }
    if let limit { contents = try limit.value.applied(to: contents, encoder) }
    return try Corpus(text: contents, countedBy: encoder)
  }

  private func read(in context: CellContext) throws -> String {
    if let hubText { return try read(hubText) }
    do {
      return try textFiles(in: context.folder).text(
        join: join?.value ?? .blankLine, column: column?.value)
    } catch let error as FileError {
      throw diagnostic(for: error, folder: context.folder)
    } catch let error as DamagedText {
      throw Diagnostic(
        .invalidCorpus, error.description, at: (column ?? text).span, help: error.help)
    }
  }

  private func read(_ hubText: HubText) throws -> String {
    let paths = try snapshots(of: hubText).map(\.path)
    do {
      return try hubText.text(of: paths, join: join?.value ?? hubText.join)
    } catch let error as FileError {
      throw Diagnostic(.invalidCorpus, error.description, at: text.span)
    } catch let error as DamagedText {
      throw Diagnostic(
        .invalidCorpus, error.description, at: text.span,
        help: error.help ?? HubRemedy.help(for: error.path))
    }
  }

  private func diagnostic(for error: FileError, folder: String) -> Diagnostic {
    if let forbidden = Diagnostic.forbiddenPath(error, named: text.value, at: text.span) {
      return forbidden
    }
    guard error.code == .missing else {
      return Diagnostic(
        .invalidCorpus, error.description, at: text.span,
        help: UnreadableText.help(for: error, in: folder))
    }
    if FileListing.alternatives(of: text.value)?.contains(error.path) == true,
      error.path != text.value
    {
      return Diagnostic(
        .missingCorpus, "'\(text.value)' names '\(error.path)', and no file is at that path",
        at: text.span)
    }
    let isFolder =
      FileListing.isFolder(error.path) || FileListing.isFolder("\(folder)/\(error.path)")
    if isFolder || FileListing.isPattern(text.value) {
      return Diagnostic(
        .missingCorpus,
        isFolder
          ? "no .txt file is below the folder '\(text.value)'"
          : "no file fits the pattern '\(text.value)'", at: text.span,
        help: isFolder ? "a pattern such as '\(text.value)/*' reads files of other names" : nil)
    }
    return Diagnostic(
      .missingCorpus, "no text is called '\(text.value)', and no file is at that path",
      at: text.span,
      help: text.value == StandardInput.name
        ? "standard input is read where the command line says so, by '-P text=-' for a parameter 'text' of "
          + "a notebook that is a file"
        : FileSuggestion.help(for: text.value, shipped: NamedText.all.map(\.name), folder: folder))
  }
}

/// A text.
public struct Corpus: CellValue, LabelTarget {
  public static let cellKinds = ["corpus"]

  public let text: String
  /// By the tokenizer that the cell names.
  let tokenCount: Int?
  private let wordCount: Int
  let sha256: String

  private let memory = TokenMemory()

  /// - Parameter tokenizer: whose tokens are counted; nil for none.
  /// - Throws: `CancellationError`.
  init(text: String, countedBy tokenizer: Tokenizer?) throws {
    self.text = text
    let memory = memory
    tokenCount = try tokenizer.map { try memory.tokens(of: text, by: $0).count }
    wordCount = Self.words(in: text)
    sha256 = ContentHash.sha256(of: text)
  }

  /// What stands in values that are kept for where a text of this SHA-256 came from.
  static func origin(of sha256: String) -> String {
    ContentHash.sha256(of: "origin \(sha256)")
  }

  /// What stands for its name in values that are kept.
  var nameToken: String { ContentNames.token(for: sha256) }

  /// The text's tokens, which all cells of a run share.
  ///
  /// - Throws: `CancellationError`.
  func tokens(by tokenizer: Tokenizer) throws -> [Int32] {
    try memory.tokens(of: text, by: tokenizer)
  }

  /// Runs of characters that are no white space. A text may be long: ASCII needs no tables.
  private static func words(in text: String) -> Int {
    var count = 0
    var isAfterSpace = true
    for scalar in text.unicodeScalars {
      let isSpace =
        scalar.isASCII
        ? scalar.value == 0x20 || 0x09...0x0D ~= scalar.value : scalar.properties.isWhitespace
      if isAfterSpace, !isSpace { count += 1 }
      isAfterSpace = isSpace
    }
    return count
  }

  public var expressionValue: Value {
    var record = Record([
      "name": .text(nameToken), "bytes": .count(text.utf8.count),
      "words": .count(wordCount), "sha256": .text(sha256),
    ])
    record["tokens"] = tokenCount.map { .count($0) }
    return .record(record)
  }

  public var provenance: [(name: String, value: String)] {
    [
      (
        "Text",
        "\(nameToken)\(ContentNames.token(for: Self.origin(of: sha256))), \(DisplayedValue(.count(text.utf8.count)).text) bytes, SHA-256 \(sha256)"
      )
    ]
  }
}
