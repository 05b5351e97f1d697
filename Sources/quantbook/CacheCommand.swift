public import ArgumentParser
import Diagnostics
import Foundation
public import InputLimits
import NotebookLanguage
import NotebookRunner
import SafeFiles

struct CacheCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cache",
    abstract: "Looks at what is kept between runs, and cleans it.",
    discussion: """
      The folder is QUANTBOOK_CACHE, or else quantbook in the user's cache folder.

      Examples:
        quantbook cache size
        quantbook cache clean --keep 2GiB
        quantbook cache why report.md results
      """,
    subcommands: [Size.self, Clean.self, Why.self])

  /// - Throws: `ExitStatus.failed` where the user has no cache folder.
  private static func store() throws(ExitCode) -> BlobStore {
    guard let store = CacheSettings.store else {
      Terminal.write("error: there is no cache folder: set QUANTBOOK_CACHE or HOME\n")
      throw ExitStatus.failed
    }
    return store
  }

  struct Size: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Says where the cache is, and how large.",
      discussion: """
        Example: quantbook cache size
        """)

    func run() throws {
      let store = try CacheCommand.store()
      let entries = store.entries()
      let bytes = entries.reduce(0) { $0 + $1.bytes }
      Terminal.printLine("\(store.folder): \(entries.count) entries, \(ByteCount.rounded(bytes))")
    }
  }

  struct Clean: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes what is kept, the least recently used first.",
      discussion: """
        Examples:
          quantbook cache clean
          quantbook cache clean --keep 500MiB
        """)

    @Option(
      help: ArgumentHelp("How much may stay, such as 500MiB or 2GiB.", valueName: "size"))
    var keep = ByteCount(bytes: 0)

    func run() throws {
      let removed = try CacheCommand.store().clean(keeping: keep.bytes)
      let bytes = removed.reduce(0) { $0 + $1.bytes }
      Terminal.printLine("removed \(removed.count) entries, \(ByteCount.rounded(bytes))")
    }
  }

  struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows what a cell's kept value depends on, and whether it is there.",
      discussion: """
        Example: quantbook cache why report.md results
        """)

    @OptionGroup var input: NotebookOptions

    @Argument(
      help: "Label of the cell, or a value of its sweep.",
      completion: .custom { words, _, _ in TypedNotebook.labels(in: words) })
    var label: String

    @OptionGroup var engine: EngineSettings
    @OptionGroup var cache: CacheSettings

    func run() async throws {
      try engine.apply(input.diagnostics)
      let (file, checked) = try input.load()
      let address: CellAddress
      do throws(Diagnostic) { address = try checked.address(label) } catch {
        input.diagnostics.show([error])
        throw ExitStatus.invalid
      }
      let damage = DamageNotes(input.diagnostics)
      let options = try cache.options(for: checked, input.diagnostics, damage)
      let runner = file.runner(checked, options) { damage.handle($0) }
      let committed = try? CommittedResults(
        path: file.resultsPath(in: ReportTarget.usualFolder))
      let cells = try await Interruption.ending(input.diagnostics.form) {
        try await runner.status(against: committed)
      }
      damage.finish()
      let found = cells.filter { address.contains($0.address, ofCell: $0.index) }
      for cell in found { Terminal.print(KeyText.of(cell)) }
      if found.isEmpty {
        Terminal.printLine("\(label): not kept; a run lays it out anew each time")
      }
    }
  }
}

extension ByteCount: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  /// In MiB, which sizes of the cache are told in; from 1 GiB in GiB.
  static func rounded(_ bytes: Int) -> String {
    bytes < 1 << 30
      ? String(format: "%.1f MiB", Double(bytes) / 1_048_576)
      : String(format: "%.1f GiB", Double(bytes) / 1_073_741_824)
  }

  public var defaultValueDescription: String { bytes == 0 ? "nothing" : "\(bytes)" }
}
