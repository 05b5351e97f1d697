import ArgumentParser
import Diagnostics
import Foundation
import NotebookLanguage
import NotebookRunner
import SafeFiles

/// What is kept between runs, and what is computed anew.
struct CacheSettings: ParsableArguments {
  @Flag(name: .customLong("no-cache"), help: "Neither use nor keep results of earlier runs.")
  var isOff = false

  @Option(
    name: .customLong("refresh"), parsing: .singleValue,
    help: ArgumentHelp("Compute this cell anew; may be given several times.", valueName: "label"),
    completion: .custom { words, _, _ in TypedNotebook.labels(in: words) })
  var refresh: [String] = []

  @Flag(
    name: .customLong("verify-files"),
    help: "Read every file again to hash it, even if its size and times are those of before.")
  var verifiesFiles = false

  /// Labels of `--refresh` that no cell has.
  func unknownLabels(in notebook: CheckedNotebook) -> [Diagnostic] {
    let labels = notebook.cells.compactMap(\.source.label)
    return refresh.filter { !labels.contains($0) }.map { name in
      Diagnostic(
        .unknownLabel, "--refresh: no cell is labelled '\(name)'", at: nil,
        help: Diagnostic.suggestion(for: name, among: labels))
    }
  }

  /// Options of a run that keeps its results in the user's cache folder.
  var options: RunOptions {
    var options = RunOptions()
    let environment = RunEnvironment.current
    options.engine = environment.identity
    options.setting = environment.setting
    options.refresh = Set(refresh)
    let store = Self.store
    let hashes = FileHashes(store: isOff ? nil : store, verifies: verifiesFiles)
    options.fileHash = { try hashes.sha256(ofFile: $0) }
    if !isOff { options.cache = store.map { ResultCache($0) } }
    return options
  }

  /// After a run that kept something: removes what was used longest ago, down to the limit.
  func trim(after results: RunResults) {
    guard !isOff, results.computedAnything else { return }
    _ = Self.store?.clean(keeping: Self.limit)
  }

  /// `QUANTBOOK_CACHE_LIMIT`, such as 2GiB; 8 GiB if it is not set.
  private static var limit: Int {
    ProcessInfo.processInfo.environment["QUANTBOOK_CACHE_LIMIT"]
      .flatMap { ByteCount(argument: $0)?.bytes } ?? 8 << 30
  }

  /// nil where the user has no cache folder.
  static var store: BlobStore? { CacheFolder.path().map { BlobStore(folder: $0) } }
}
