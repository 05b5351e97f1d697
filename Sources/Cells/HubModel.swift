import Diagnostics
import GPT2
public import Hub
import ModelFiles
public import NotebookLanguage

/// Models by their name on the Hub, with what goes wrong there told as a mistake of the notebook.
public enum HubModel {
  /// Whether a text names a model of the Hub: it is written so, and is no path of a folder or file.
  ///
  /// - Parameter folder: where relative paths start.
  public static func isName(_ text: String, in folder: String) -> Bool {
    if case .hub = ModelSource(text, in: folder) { true } else { false }
  }

  /// What the cache has for a name; nil where it is not all there.
  static func cached(_ name: HubName) -> HubSnapshot? {
    (try? HubSettings()).flatMap { HubClient($0).cached(name) }
  }

  /// The configuration, also where the weights are missing.
  static func cachedConfig(_ name: HubName) -> GPT2Config? {
    (try? HubSettings()).flatMap { HubClient($0).cachedFile("config.json", of: name) }
      .flatMap { try? GPT2Config(path: $0) }
  }

  /// Fetches a model that can be computed into the cache.
  ///
  /// - Parameters:
  ///   - text: `owner/name`, also with `@revision`, or one of GPT-2's sizes.
  ///   - reuse: which files of the cache are taken.
  /// - Returns: the path of its folder.
  public static func download(
    _ text: String, reuse: HubReuse, isOffline: Bool,
    progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> String {
    guard let name = HubName(text) else {
      throw Diagnostic(
        .missingModel, "'\(text)' is no name of a model on the Hub", at: nil,
        help: suggestion(forPage: text)
          ?? "names are like openai-community/gpt2, or owner/name@revision")
    }
    return try await fetch(
      name, reuse: reuse, isOffline: isOffline, at: nil, progress: progress
    ).path
  }

  /// The name that was meant by the address of a model's page.
  public static func suggestion(forPage address: String) -> String? {
    let name = address.removing(prefix: "\(HubSettings.usualEndpoint)/").flatMap { HubName($0) }
    return name.map { "did you mean '\($0.text)'?" }
  }

  /// - Parameters:
  ///   - span: where the model is named.
  ///   - revision: where its revision is, if not there.
  ///   - note: what is told where the Hub has no such repository.
  /// - Throws: `Diagnostic`, `CancellationError`.
  static func fetch(
    _ name: HubName, reuse: HubReuse = .all, isOffline: Bool, at span: SourceSpan?,
    revision: SourceSpan? = nil, note: Diagnostic.Note? = nil,
    progress: @escaping @Sendable (CellProgress) -> Void
  ) async throws -> HubSnapshot {
    do {
      var settings = try HubSettings()
      settings.isOffline = settings.isOffline || isOffline
      return try await HubClient(settings).model(name, reuse: reuse) { path in
        // Better told before gigabytes of weights than after.
        do throws(ModelFileError) { _ = try GPT2Config(path: path) } catch {
          throw Diagnostic.unusable(.file(error), at: span)
        }
      } progress: { update in
        progress(CellProgress(update))
      }
    } catch let error as HubError {
      let isOfRevision = error.code == .revisionNotFound
      throw Diagnostic(
        error.code == .offline ? .notDownloaded : .missingModel, error.description,
        at: isOfRevision ? revision ?? span : span,
        notes: error.code == .repositoryNotFound ? [note].compactMap(\.self) : [],
        help: HubRemedy.help(
          for: error, isCached: cached(name) != nil, download: "quantbook download \(name.text)",
          shipped: "starter", at: span))
    }
  }

  /// That the cache has not what a name stands for.
  static func notCached(_ name: HubName, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .notDownloaded, "the files of '\(name.text)' are not all in the Hub's cache", at: span,
      help: "a run fetches them, as does 'quantbook download \(name.text)'")
  }
}

extension HubSnapshot {
  /// The name with the commit, which tells its contents for all time.
  var fixedName: String { "\(name.repository)@\(commit)" }
}

extension CellProgress {
  init(_ update: HubProgress) {
    let megabyte = 1_000_000
    let activity =
      switch update.activity {
      case .receiving: "downloading"
      case .waiting: "waiting for another program to download"
      case .verifying: "verifying"
      }
    self.init(
      activity: "\(activity) \(update.file)", completed: update.received / megabyte,
      total: (update.total ?? 0) / megabyte, unit: "MB")
  }
}
