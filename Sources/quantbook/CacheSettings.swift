import ArgumentParser
import NotebookRunner
import SafeFiles

/// What is kept between runs, and what is computed anew.
struct CacheSettings: ParsableArguments {
  @Flag(name: .customLong("no-cache"), help: "Neither use nor keep results of earlier runs.")
  var isOff = false

  @Option(
    name: .customLong("refresh"), parsing: .singleValue,
    help: ArgumentHelp("Compute this cell anew; may be given several times.", valueName: "label"))
  var refresh: [String] = []

  /// Options of a run that keeps its results in the user's cache folder.
  var options: RunOptions {
    var options = RunOptions()
    options.refresh = Set(refresh)
    let store = Self.store
    let hashes = FileHashes(store: isOff ? nil : store)
    options.fileHash = { try hashes.sha256(ofFile: $0) }
    if !isOff { options.cache = store.map { ResultCache($0) } }
    return options
  }

  /// nil where the user has no cache folder.
  static var store: BlobStore? { CacheFolder.path().map { BlobStore(folder: $0) } }
}
