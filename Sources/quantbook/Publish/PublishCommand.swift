import ArgumentParser
import Diagnostics
import Foundation
import NotebookLanguage
import Rendering

struct PublishCommand: AsyncParsableCommand, Sendable {
  static let configuration = CommandConfiguration(
    commandName: "publish",
    abstract: "Renders notebooks into a web site with an index.",
    discussion: """
      Examples:
        quantbook publish notebooks -o site
        quantbook publish notebooks -o site --url https://someone.github.io/reports/
        quantbook publish a.md b.md --frozen --results output

      Of a folder all notebooks are taken, with those in folders below it; names that begin with _ or . \
      are left out. The site has an index with a search that needs no server, one style that all pages \
      share, and with --url a sitemap and an RSS feed; it can be served as it is, by GitHub Pages too, or \
      opened from the disk. A notebook that fails is marked in the index and keeps the page of its last \
      good run; the site is made nevertheless, and the command ends with that failure's exit code. Other \
      files in the folder are left alone; pages of notebooks that are no longer named are taken away.
      """)

  @Argument(
    help: "Notebooks, or folders of them.", completion: .file(extensions: ["md"]))
  var notebooks: [String]

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp("Folder of the site.", valueName: "folder"),
    completion: .directory)
  var output = "site"

  @Option(help: "What the site is called.")
  var title = "Reports"

  @Option(
    name: .customLong("url"),
    help: ArgumentHelp(
      "The site's address, http:// or https://, for the sitemap and the RSS feed.",
      valueName: "address"))
  var address: SiteAddress?

  @Flag(
    help: "Render committed results; compute nothing. A notebook whose results are stale fails.")
  var frozen = false

  @Option(
    help: ArgumentHelp("Folder that holds the committed results of --frozen.", valueName: "folder"),
    completion: .directory)
  var results = ReportTarget.usualFolder

  @OptionGroup var engine: EngineSettings

  @OptionGroup var hub: HubOptions

  @OptionGroup var cache: CacheSwitch

  @OptionGroup var limit: TimeLimit

  @OptionGroup var html: RawHTML

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @OptionGroup var reading: ReadingOptions

  @OptionGroup var diagnostics: DiagnosticOptions

  func validate() throws {
    guard !notebooks.contains("-") else {
      throw ValidationError("publish needs notebooks that are files, or folders of them")
    }
    guard !title.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty else {
      throw ValidationError("--title is empty")
    }
  }

  func run() async throws {
    try engine.apply(diagnostics)
    let items: [SiteNotebooks.Item]
    do throws(DiagnosticList) {
      let found = try SiteNotebooks(notebooks, site: output)
      for path in found.passedOver where !quiet {
        diagnostics.remark("\(path) is left out: it is no notebook, or the report of one")
      }
      items = found.items
    } catch {
      diagnostics.show(error.diagnostics)
      let isMissing = error.diagnostics.allSatisfy { $0.code == .unreadableNotebook }
      throw isMissing ? ExitStatus.missing : ExitStatus.failed
    }
    do {
      try ReportWriter.check(folder: output)
      let ends = try await Interruption.cancelling(diagnostics.form) {
        try await SiteMaker(command: self, items: items).make()
      }
      if let worst = ends.first { throw worst }
    } catch let error as Diagnostic {
      diagnostics.show([error])
      throw ExitStatus.failed
    } catch is CancellationError {
      diagnostics.tell(
        "interrupted; pages that were finished are in \(output), the others as they were")
      throw ExitStatus.interrupted
    }
  }
}
