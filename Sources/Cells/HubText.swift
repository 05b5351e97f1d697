import Decompression
import Diagnostics
public import Hub
import InputLimits
public import NotebookLanguage
import Parquet
import SafeFiles

/// A text that is published on the Hub as a data set of documents.
public struct HubText: Sendable {
  let repository: String
  /// A commit where the data set is to stay as it is, else a branch.
  let revision: String
  /// The files of each split in their order; the first split where none is named.
  let splits: [(name: String, files: [String])]
  /// What holds the documents: a column of Parquet files, a member of the lines of JSON Lines.
  let column: String
  /// As those who measure on it do; others by the key `join`.
  let join: DocumentJoin
  /// Whether each document is a line of a file, so that it can be had as that file.
  var isOfLines = false
  /// How many documents are read, from the first; nil for all.
  var documentLimit: Int?

  func names(of split: String?) -> [HubName] {
    let found = splits.first { $0.name == split } ?? splits.first
    return (found?.files ?? []).map {
      HubName(dataset: repository, revision: revision, file: $0)
    }
  }

  /// What the cache has of a split; nil where it has not all of it.
  func cached(_ split: String?) -> [HubSnapshot]? {
    guard let client = (try? HubSettings()).map({ HubClient($0) }) else { return nil }
    let names = names(of: split)
    let found = names.compactMap { client.cached($0) }
    return found.count == names.count ? found : nil
  }

  /// Brings a split into the cache.
  ///
  /// - Parameters:
  ///   - name: what notebooks call the text.
  ///   - span: where it is named.
  ///   - splitSpan: where its split is.
  /// - Throws: `Diagnostic`, `CancellationError`.
  func fetch(
    _ split: String?, of name: String, reuse: HubReuse = .all, isOffline: Bool,
    at span: SourceSpan?, split splitSpan: SourceSpan? = nil,
    progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> [HubSnapshot] {
    do {
      var settings = try HubSettings()
      settings.isOffline = settings.isOffline || isOffline
      var found: [HubSnapshot] = []
      for file in names(of: split) {
        found.append(
          try await HubClient(settings).file(file, reuse: reuse) { progress(CellProgress($0)) })
      }
      return found
    } catch let error as HubError {
      guard error.code != .offline || reuse != .all else {
        throw notCached(split, of: name, at: span)
      }
      throw Diagnostic(
        .missingCorpus, error.description,
        at: error.code == .fileNotFound ? splitSpan ?? span : span,
        help: HubRemedy.help(
          for: error, isCached: cached(split) != nil,
          download: "quantbook download \(name)\(option(for: split))", shipped: "house-prose",
          at: span))
    }
  }

  /// What a command takes to mean a split; nothing for the first.
  private func option(for split: String?) -> String {
    split.map { $0 == splits.first?.name ? "" : " --split \($0)" } ?? ""
  }

  /// That the cache has not what a name stands for.
  func notCached(_ split: String?, of name: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .notDownloaded,
      "the files of '\(name)', the data set '\(repository)', are not all in the Hub's cache",
      at: span,
      help:
        "a run with a network fetches them, as does 'quantbook download \(name)\(option(for: split))'"
    )
  }

  /// The text that files hold.
  ///
  /// - Parameter paths: of a split's files, in their order.
  /// - Throws: `FileError`, `DamagedText`, `CancellationError`.
  func text(of paths: [String], join: DocumentJoin, limit: Int = Limit.corpusBytes.value) throws
    -> String
  {
    var joined = JoinedText(join, limit: limit)
    for path in paths {
      let file = try MappedFile(path: path)
      defer { withExtendedLifetime(file) {} }
      func add(_ document: UnsafeRawBufferPointer?) throws {
        if let documentLimit, joined.documentCount >= documentLimit { return }
        do throws(JoinedText.TooLarge) { try joined.append(document) } catch {
          throw FileError(
            .tooLarge(size: file.bytes.count, limit: limit, name: .corpusBytes), path: path)
        }
      }
      do {
        if path.hasSuffix(".parquet") {
          try ParquetFile(file.bytes).forEachText(in: column, add)
        } else {
          try JSONLines.forEachText(
            in: column, CompressionFormat.gzip.decompressed(file.bytes, limit: limit), add)
        }
      } catch let error as ParquetError {
        throw DamagedText(path: path, reason: error.description, help: error.help)
      } catch let error as DecompressionError {
        throw DamagedText(path: path, reason: error.description)
      } catch let error as JSONLines.WrongLine {
        throw DamagedText(path: path, reason: error.description)
      }
    }
    return try joined.text(named: paths.first ?? repository)
  }
}

extension HubText {
  /// Fetches a named text into the Hub's cache.
  ///
  /// - Parameters:
  ///   - split: nil for the one that is read where none is named.
  ///   - reuse: which files of the cache are taken.
  /// - Returns: the paths of its files; nil where no text of the Hub has the name.
  /// - Throws: `Diagnostic`, `CancellationError`.
  public static func download(
    _ name: String, split: String?, reuse: HubReuse, isOffline: Bool,
    progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> [String]? {
    guard let named = NamedText.named(name), case .hub(let text) = named.source else { return nil }
    if let split, !named.splits.contains(split) {
      throw Diagnostic(
        .unknownValue, "'\(name)' has no split '\(split)'", at: nil,
        help: Diagnostic.suggestion(for: split, among: named.splits))
    }
    return try await text.fetch(
      split, of: name, reuse: reuse, isOffline: isOffline, at: nil, progress: progress
    ).map(\.path)
  }
}
