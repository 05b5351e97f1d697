public import Diagnostics
import Foundation
public import NotebookLanguage
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
      .required("text", \.text, help: "house-prose, or a file of UTF-8 text."),
      .optional(
        "split", \.split, help: "Part of a named text: test, which house-prose is as a whole."),
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
    if let model = scope.models(of: tokenizer).first, let missing = model.missingTokenizer {
      diagnostics.append(missing.problem(of: model.name, at: tokenizer.span))
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
        .conflictingKeys, "splits belong to named texts, and '\(text.value)' is a file",
        at: split.span, help: "named texts: " + NamedText.all.map(\.name).joined(separator: ", "))
    }
    guard !named.splits.contains(split.value) else { return nil }
    return .unknown(
      "split of '\(named.name)'", split.value, among: named.splits, .unknownValue, at: split.span)
  }

  public func shape(in scope: CheckScope) -> Shape {
    let fields: [Shape.Field] = [
      .init("name", .text), .init("bytes", .number), .init("words", .number),
      .init("sha256", .text),
    ]
    return .record(fields + (tokenizer.text.isEmpty ? [] : [.init("tokens", .number)]))
  }

  public static let fileKeys = ["text", "split"]

  public func files(in scope: FileScope) throws -> [ReadFile] {
    do {
      return [ReadFile(name: text.value, sha256: try scope.sha256(ofFile: path(scope.resolve)))]
    } catch let error as FileError {
      throw diagnostic(for: error, folder: scope.folder)
    }
  }

  /// The file's contents count, not its name; the whole text is the default.
  public func settled(_ settings: [Setting], in scope: KeyScope) -> [Setting] {
    settings.compactMap { setting in
      var setting = setting
      switch setting.path {
      case "text": setting.text = "file"
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

  public func role(ofFile name: String) -> String { "" }

  public func contentNames(
    of result: StoredResult, files: [ReadFile]
  ) -> [(name: String, sha256: String)] {
    guard case .text(let sha256)? = result.value[path: "sha256"] else { return [] }
    return [(URL(fileURLWithPath: text.value).lastPathComponent, sha256)]
  }

  private func path(_ resolve: (String) -> String) -> String {
    NamedText.named(text.value)?.url.path ?? resolve(text.value)
  }

  public func run(in context: CellContext) async throws -> Corpus {
    var contents = try read(in: context)
    var encoder: Tokenizer?
    if !tokenizer.text.isEmpty {
      let model = try await context.value(of: tokenizer).model
      encoder = try EvaluateCell.tokenizer(of: model, at: tokenizer.span)
    }
    if let limit { contents = try limit.value.applied(to: contents, encoder) }
    return try Corpus(text: contents, countedBy: encoder)
  }

  private func read(in context: CellContext) throws(Diagnostic) -> String {
    do throws(FileError) {
      return try BoundedReader.text(path: path(context.resolve), limit: Limits.corpus)
    } catch {
      throw diagnostic(for: error, folder: context.folder)
    }
  }

  private func diagnostic(for error: FileError, folder: String) -> Diagnostic {
    guard error.code == .missing else {
      return Diagnostic(.invalidCorpus, error.description, at: text.span)
    }
    return Diagnostic(
      .missingCorpus, "no text is called '\(text.value)', and no file is at that path",
      at: text.span,
      help: FileSuggestion.help(for: text.value, shipped: NamedText.all.map(\.name), folder: folder)
    )
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
        "\(nameToken), \(DisplayedValue(.count(text.utf8.count)).text) bytes, SHA-256 \(sha256)"
      )
    ]
  }
}
