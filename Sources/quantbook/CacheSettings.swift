import ArgumentParser
import Diagnostics
import Foundation
import InputLimits
import NotebookLanguage
import NotebookRunner
import SafeFiles
import Synchronization

/// What is kept between runs, and what is computed anew.
struct CacheSettings: ParsableArguments {
  @OptionGroup private var power: CacheSwitch
  var isOff: Bool { power.isOff }

  @Option(
    name: .customLong("refresh"), parsing: .singleValue,
    help: ArgumentHelp(
      "Compute this cell anew, or a value of its sweep, such as sizes.nf4 or 'sizes[nf4, 64]'; may be "
        + "given several times.", valueName: "label"),
    completion: .custom { words, _, _ in TypedNotebook.labels(in: words) })
  var refresh: [String] = []

  @Flag(
    name: .customLong("verify-files"),
    help: "Read every file again to hash it, even if its size and times are those of before.")
  var verifiesFiles = false

  init() {}

  /// For commands that work on several notebooks, and compute none of their cells anew.
  init(_ power: CacheSwitch) {
    self.power = power
    refresh = []
    verifiesFiles = false
  }

  /// Options of a run that keeps its results in the user's cache folder.
  ///
  /// - Throws: `ExitStatus.invalid` for an address that the notebook has not, which has been shown.
  func options(
    for notebook: CheckedNotebook, _ diagnostics: DiagnosticOptions, _ damage: DamageNotes
  ) throws -> RunOptions {
    if !isOff { Self.warn(diagnostics) }
    var options = RunOptions()
    options.refresh = try addresses(in: notebook, diagnostics)
    let environment = RunEnvironment.current
    options.engine = environment.identity
    options.setting = environment.setting
    let store = Self.store
    let hashes = FileHashes(store: isOff ? nil : store, verifies: verifiesFiles) {
      damage.note("the hash of \($0)")
    }
    options.fileHash = { try hashes.sha256(ofFile: $0) }
    if !isOff { options.cache = store.map { ResultCache($0) } }
    return options
  }

  private func addresses(
    in notebook: CheckedNotebook, _ diagnostics: DiagnosticOptions
  ) throws -> [CellAddress] {
    var mistakes: [Diagnostic] = []
    let addresses = refresh.compactMap { text -> CellAddress? in
      do throws(Diagnostic) { return try notebook.address(text) } catch {
        var mistake = error
        mistake.message = "--refresh: \(error.message)"
        mistakes.append(mistake)
        return nil
      }
    }
    guard mistakes.isEmpty else {
      diagnostics.show(mistakes)
      throw ExitStatus.invalid
    }
    return addresses
  }

  /// After a run that kept something: removes what was used longest ago, down to the limit.
  func trim(after results: RunResults) {
    guard !isOff, results.computedAnything else { return }
    _ = Self.store?.clean(keeping: Self.limit)
  }

  /// `QUANTBOOK_CACHE_LIMIT`, such as 2GiB, in bytes; 8 GiB if it is not set, or no size.
  static var limit: Int {
    limitText.flatMap { ByteCount($0)?.bytes } ?? 8 << 30
  }

  /// Says, once in a process, that the limit is no size.
  private static func warn(_ diagnostics: DiagnosticOptions) {
    guard !understandsLimit, !hasWarned.exchange(true, ordering: .relaxed) else { return }
    diagnostics.warn(
      "QUANTBOOK_CACHE_LIMIT is a size such as 2GiB, not '\(limitText ?? "")': 8 GiB are kept")
  }

  private static let hasWarned = Atomic(false)

  /// Whether the limit is not set, or a size.
  static var understandsLimit: Bool {
    limitText.map { ByteCount($0) != nil } ?? true
  }

  private static var limitText: String? {
    ProcessInfo.processInfo.environment["QUANTBOOK_CACHE_LIMIT"]
  }

  /// nil where the user has no cache folder.
  static var store: BlobStore? { CacheFolder.path().map { BlobStore(folder: $0) } }
}
